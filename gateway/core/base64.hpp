#pragma once

#include <string>
#include <string_view>

namespace sluice {

/// RFC 4648, with padding.
std::string base64(std::string_view bytes);
/// Decodes into out, which is emptied first; padding may be missing. False where the text is none.
bool decode_base64(std::string_view text, std::string& out);

}  // namespace sluice
