#pragma once

#include <string>
#include <string_view>

namespace sluice::json {

/// Appends what stands between the quotes of a valid JSON string, its escapes resolved.
void append_unescaped(std::string& out, std::string_view raw);

}  // namespace sluice::json
