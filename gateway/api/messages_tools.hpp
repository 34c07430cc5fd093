#pragma once

#include "api/checked_object.hpp"
#include "core/json.hpp"

namespace sluice {

/// Puts `tools` and `tool_choice` of a request in Anthropic's words into a chat completions body.
/// Tools that Anthropic runs itself, or whose schema only its models know, are noted as
/// inexpressible.
void add_chat_tools(json::ObjectWriter& chat, const CheckedObject& request);

}  // namespace sluice
