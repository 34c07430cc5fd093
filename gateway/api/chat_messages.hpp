#pragma once

#include "api/field_checker.hpp"
#include "core/chat.hpp"

namespace sluice {

/// The rules for `messages`. Notes in needs which kinds of content stand in them.
bool check_messages(FieldChecker& value, Needs& needs);

}  // namespace sluice
