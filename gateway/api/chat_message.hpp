#pragma once

#include "core/chat.hpp"

#include <string>
#include <string_view>

namespace sluice {

/// Appends the assistant's message of a choice in OpenAI's form, with every key that its
/// specification requires. model: for the connector surface, whose message names it and leaves out
/// what is null.
void append_message(std::string& out, const Choice& choice, std::string_view model = {});
/// Appends an element of `choices` of a chat completion.
void append_choice(std::string& out, const Choice& choice, std::string_view model = {});
/// Appends all choices as an array.
void append_choices(std::string& out, const ChatResponse& response, std::string_view model = {});

}  // namespace sluice
