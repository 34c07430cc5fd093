#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <string_view>

/// Reading the tools of a chat request, for translators that build a body of their own.
namespace sluice {

/// The name of a tool's function, or of the function that a tool_choice names; empty: none.
std::string_view function_name(const boost::json::value& tool);

/// False for a tool that a tool_choice of "allowed_tools" leaves out. Few providers have such a
/// choice; for the others the tools left out are best not offered at all.
bool is_offered(const boost::json::value& tool, const boost::json::object& chat);

}  // namespace sluice
