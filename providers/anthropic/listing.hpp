#pragma once

#include "core/chat.hpp"
#include "core/error.hpp"

#include <string_view>
#include <vector>

namespace sluice::anthropic {

/// Reads the list of models; the time of creation is text here ("2025-10-01T00:00:00Z").
Result<std::vector<ListedModel>> read_listing(std::string_view body);

}  // namespace sluice::anthropic
