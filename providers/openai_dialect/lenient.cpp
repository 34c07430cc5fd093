#include "providers/openai_dialect/lenient.hpp"

#include <cmath>

namespace sluice::openai_dialect {

using Kind = json::Cursor::Kind;

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
    const auto kind = at.peek();
    if (kind != Kind::string && kind != Kind::number) {
        at.skip();
        return std::nullopt;
    }
    const auto unquoted = kind == Kind::string ? at.string() : std::string();
    const auto text = kind == Kind::string ? std::string_view(unquoted) : at.skip();
    if (const auto whole = json::as_integer(text)) return whole;
    constexpr double limit = 9e15;  // a double holds every integer up to here
    const auto number = json::as_number(text);
    if (!number || !(std::abs(*number) < limit)) return std::nullopt;
    return static_cast<std::int64_t>(*number);
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
