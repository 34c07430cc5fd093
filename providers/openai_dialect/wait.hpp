#pragma once

#include "core/http.hpp"

#include <chrono>
#include <optional>
#include <span>
#include <string_view>

namespace sluice::openai_dialect {

/// How long the provider asks to wait, 0 to 60 s, by the first that says so: retry-after-ms,
/// retry-after (seconds, or a date relative to the Date header), the sooner of the exhausted
/// x-ratelimit buckets' resets, "try again in 2.6s" in the message.
std::optional<std::chrono::milliseconds> asked_wait(
    std::span<const Header> headers, std::string_view message
);

}  // namespace sluice::openai_dialect
