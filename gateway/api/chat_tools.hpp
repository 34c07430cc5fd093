#pragma once

#include "api/field_checker.hpp"
#include "core/chat.hpp"

namespace sluice {

/// The rules for `tools`. Notes in needs whether there are any, and custom ones.
bool check_tools(FieldChecker& value, Needs& needs);
/// The rules for `tool_choice`.
bool check_tool_choice(FieldChecker& value);

}  // namespace sluice
