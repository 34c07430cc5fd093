#pragma once

#include "core/chat.hpp"

#include <string>

namespace sluice {

/// OpenAI's usage object, with its details. Kinds of tokens that few models count are written only
/// where there are some, and "estimated" where the provider did not count.
std::string usage_json(const Usage& usage);

}  // namespace sluice
