#pragma once

#include "core/chat.hpp"

#include <optional>

namespace sluice::openai_dialect {

/// Consumes a usage object in any of its spellings (prompt_tokens or input_tokens, cached tokens
/// under four names); nullopt where no object stands or it counts nothing.
std::optional<Usage> read_usage(json::Cursor& at);

}  // namespace sluice::openai_dialect
