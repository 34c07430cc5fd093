#pragma once

#include "server/visit.hpp"

#include <string>

namespace sluice {

/// What GET /ui/api/overview answers, as JSON (docs/operations.md has its fields): counts, times,
/// names and outcomes, never content, keys or a provider's words. Takes about a millisecond, so not
/// on an event loop.
std::string overview_body(const Visit& visit);

}  // namespace sluice
