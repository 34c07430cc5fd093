#pragma once

#include "core/http.hpp"
#include "core/time.hpp"

#include <string>

namespace sluice {

/// What a caller is told of a limit on its requests.
struct LimitFacts {
    int limit = 0;          ///< requests at once
    milliseconds window{};  ///< in which so many come back
    int remaining = 0;
    milliseconds reset{};  ///< until all are back
};

/// x-ratelimit-*-requests as OpenAI sends them, RateLimit-Policy and RateLimit of the IETF draft.
void append_limit_headers(HeaderBlock& headers, const LimitFacts& facts);

/// "12ms", "1s", "8.64s", "6m0s", "1h0m0s", as OpenAI writes durations; from a minute on in whole
/// seconds, rounded up.
std::string short_duration(milliseconds span);

}  // namespace sluice
