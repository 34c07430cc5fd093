#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sluice {

struct Character {
    char32_t code;
    std::size_t end;  ///< where the next one begins
};

/// The character at `at`, which must lie within the text; U+FFFD for a broken one.
Character character_at(std::string_view text, std::size_t at);

/// The text itself where it is UTF-8; else a copy in `storage`, with U+FFFD for each broken
/// sequence.
std::string_view as_utf8(std::string_view text, std::string& storage);

}  // namespace sluice
