#pragma once

#include "core/chat.hpp"

#include <cstddef>

namespace sluice {

/// A usage for accounting where the provider sent none, on the high side: three bytes of JSON or
/// text to a token. Marked as estimated.
inline Usage estimate_usage(std::size_t request_bytes, std::size_t output_bytes)
{
    Usage usage;
    usage.prompt = static_cast<std::int64_t>((request_bytes + 2) / 3);
    usage.completion = static_cast<std::int64_t>((output_bytes + 2) / 3);
    usage.total = usage.prompt + usage.completion;
    usage.estimated = true;
    return usage;
}

}  // namespace sluice
