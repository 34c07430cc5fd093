#pragma once

#include "core/error.hpp"

#include <boost/json/object.hpp>

#include <string_view>

namespace sluice::anthropic {

/// Puts the chat request's tools, tool_choice and parallel_tool_calls into the body as Anthropic
/// takes them. It has no choice among allowed tools, so the others are not offered at all.
Result<void> add_tools(
    const boost::json::object& chat, std::string_view model, boost::json::object& body
);

/// True where the body makes the model call a tool, which it does without thinking only.
bool forces_tool(const boost::json::object& body);

}  // namespace sluice::anthropic
