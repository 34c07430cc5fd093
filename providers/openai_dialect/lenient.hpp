#pragma once

#include "core/json.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// One value at a cursor, read from servers that are careless with types. Each consumes the value
/// whatever its kind is.
namespace sluice::openai_dialect {

/// Enters an object; consumes any other value, and is then false.
bool enter_object_if_any(json::Cursor& at);
bool enter_array_if_any(json::Cursor& at);  ///< likewise
/// A string, or the text of a number; empty for anything else. Valid as long as the input.
json::RawText read_text(json::Cursor& at);
/// The same, but nullopt where no string stands.
std::optional<json::RawText> read_string(json::Cursor& at);
/// A whole number, also as a float (cut off) or in a string. digits: whether nothing else stood
/// there.
std::optional<std::int64_t> read_count(json::Cursor& at, bool& digits);
std::optional<std::int64_t> read_count(json::Cursor& at);
/// The JSON text of the value; empty for null.
std::string_view read_raw(json::Cursor& at);
/// The text of an array of numbers; empty for any other array, and for an empty one. To be called
/// where an array stands.
std::string_view read_numbers(json::Cursor& at);

}  // namespace sluice::openai_dialect
