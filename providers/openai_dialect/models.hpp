#pragma once

#include "core/chat.hpp"
#include "core/error.hpp"

#include <string_view>
#include <vector>

namespace sluice::openai_dialect {

/// Reads a list of models: an object with "data", or a bare array.
Result<std::vector<ListedModel>> decode_models(std::string_view body);

}  // namespace sluice::openai_dialect
