#include "api/json_look.hpp"

namespace sluice {

std::vector<std::string_view> elements_of(std::string_view array_text)
{
    std::vector<std::string_view> elements;
    json::Cursor at(array_text);
    if (at.peek() != json::Cursor::Kind::array) return elements;
    at.enter_array();
    while (at.next_element()) elements.push_back(at.skip());
    return elements;
}

json::Document object_of(std::string_view json_text)
{
    return json::Document::parse(std::string(json_text)).value_or(json::Document());
}

bool has(const json::Document& object, std::string_view key)
{
    return !json::is_null(object.find(key).value_or("null"));
}

std::string_view value_or(
    const json::Document& object, std::string_view key, std::string_view otherwise
)
{
    const auto found = object.find(key);
    return found && !json::is_null(*found) ? *found : otherwise;
}

std::string text_at(const json::Document& object, std::string_view key)
{
    return json::as_string(value_or(object, key, "null")).value_or("");
}

void copy_members(
    const json::Document& from, json::ObjectWriter& to, std::initializer_list<std::string_view> keys
)
{
    for (const auto key : keys)
        if (has(from, key)) to.raw(key, *from.find(key));
}

}  // namespace sluice
