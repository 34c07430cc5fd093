#pragma once

#include "core/json.hpp"

namespace sluice {

/// A request in Anthropic's words without the thinking blocks that nobody signed. Such come from
/// answers of other providers, shown to the caller as Anthropic's would be; Anthropic takes back
/// its own only. Every other byte stays, and the whole where there are none.
json::Document without_unsigned_thoughts(json::Document request);

}  // namespace sluice
