#pragma once

#include "core/json.hpp"

#include <string>
#include <string_view>
#include <vector>

/// Looking into values of checked JSON text: what is missing or of another kind reads as empty.
namespace sluice {

/// The text of each element; none where it is no array.
std::vector<std::string_view> elements_of(std::string_view array_text);
/// The object with its members; without any where it is none.
json::Document object_of(std::string_view json_text);

/// True where the key stands there and is not null.
bool has(const json::Document& object, std::string_view key);
/// The text of a member's value; otherwise where it is missing or null.
std::string_view value_or(
    const json::Document& object, std::string_view key, std::string_view otherwise
);
/// The string that a member is.
std::string text_at(const json::Document& object, std::string_view key);
/// Writes the members of these names that are there and not null.
void copy_members(
    const json::Document& from, json::ObjectWriter& to, std::initializer_list<std::string_view> keys
);

}  // namespace sluice
