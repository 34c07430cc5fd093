#pragma once

#include "core/json.hpp"

#include <string>
#include <vector>

namespace sluice {

/// The ids of the tool calls that stand in the messages of a checked chat request.
std::vector<std::string> tool_call_ids(const json::Document& chat);

}  // namespace sluice
