#pragma once

#include "core/chat.hpp"

#include <string>
#include <vector>

namespace sluice {

/// The ids of the tool calls that stand in the messages of a checked request.
std::vector<std::string> tool_call_ids(const ChatRequest& chat);

}  // namespace sluice
