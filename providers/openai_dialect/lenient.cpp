#include "providers/openai_dialect/lenient.hpp"

#include <cmath>

namespace sluice::openai_dialect {

using Kind = json::Cursor::Kind;

namespace {

std::optional<std::int64_t> whole_number(std::string_view text)
{
    if (const auto whole = json::as_integer(text)) return whole;
    constexpr double limit = 9e15;  // a double holds every integer up to here
    const auto number = json::as_number(text);
    if (!number || !(std::abs(*number) < limit)) return std::nullopt;
    return static_cast<std::int64_t>(*number);
}

}  // namespace

bool enter_object_if_any(json::Cursor& at)
{
    if (at.peek() == Kind::object) return at.enter_object();
    at.skip();
    return false;
}

bool enter_array_if_any(json::Cursor& at)
{
    if (at.peek() == Kind::array) return at.enter_array();
    at.skip();
    return false;
}

std::string read_text(json::Cursor& at)
{
    switch (at.peek()) {
        case Kind::string: return at.string();
        case Kind::number: return std::string(at.skip());
        default: at.skip(); return {};
    }
}

std::optional<std::string> read_string(json::Cursor& at)
{
    if (at.peek() == Kind::string) return at.string();
    at.skip();
    return std::nullopt;
}

std::optional<std::int64_t> read_count(json::Cursor& at)
{
    return count_of(at.skip());
}

std::optional<std::int64_t> count_of(std::string_view json_text)
{
    if (!json_text.starts_with('"')) return whole_number(json_text);
    return whole_number(json::as_string(json_text).value_or(""));
}

std::string_view read_raw(json::Cursor& at)
{
    const auto text = at.skip();
    return json::is_null(text) ? std::string_view() : text;
}

std::string_view read_numbers(json::Cursor& at)
{
    const auto text = at.skip();
    json::Cursor inside(text);
    bool numbers = false;
    inside.enter_array();
    while (inside.next_element()) {
        numbers = inside.peek() == Kind::number;
        if (!numbers) break;
        inside.skip();
    }
    return numbers ? text : std::string_view();
}

}  // namespace sluice::openai_dialect
