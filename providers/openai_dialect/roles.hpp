#pragma once

#include <string>
#include <string_view>

namespace sluice::openai_dialect {

/// The JSON text of messages with the role "developer" written as "system" and every other byte as
/// it was.
std::string with_system_role(std::string_view messages);

}  // namespace sluice::openai_dialect
