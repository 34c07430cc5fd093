#pragma once

#include <string>
#include <string_view>

namespace sluice {

/// Decodes base64 with its padding into out; false where the text is none.
bool decode_base64(std::string_view text, std::string& out);

}  // namespace sluice
