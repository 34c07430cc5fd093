#pragma once

#include "api/checked_object.hpp"

#include <string>

namespace sluice {

/// Appends the `messages` of a chat completions request that say what `system` and `messages` of a
/// request in Anthropic's words say, as an array. What a model thought is left out: nobody but
/// Anthropic can read it.
void append_chat_messages(std::string& out, const CheckedObject& request);

}  // namespace sluice
