#include "providers/openai_dialect/lenient.hpp"

#include <cmath>

namespace sluice::openai_dialect {

using Kind = json::Cursor::Kind;

namespace {

bool is_digits(std::string_view json_text)
{
    return !json_text.empty() && json_text.find_first_not_of("0123456789") == json_text.npos;
}

std::optional<std::int64_t> whole_number(std::string_view text)
{
    if (const auto whole = json::as_integer(text)) return whole;
    constexpr double limit = 9e15;  // a double holds every integer up to here
    const auto number = json::as_number(text);
    if (!number || !(std::abs(*number) < limit)) return std::nullopt;
    return static_cast<std::int64_t>(*number);
}

/// Of anything but a few digits.
[[gnu::noinline]] std::optional<std::int64_t> read_odd_count(json::Cursor& at, bool& digits)
{
    const auto text = at.skip();
    digits = is_digits(text);
    if (!text.starts_with('"')) return whole_number(text);
    return whole_number(json::as_string(text).value_or(""));
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

json::RawText read_text(json::Cursor& at)
{
    const auto kind = at.peek();
    if (kind == Kind::string) return at.raw_text();
    const auto text = at.skip();
    return kind == Kind::number ? json::RawText{text} : json::RawText{};
}

std::optional<json::RawText> read_string(json::Cursor& at)
{
    if (at.peek() == Kind::string) return at.raw_text();
    at.skip();
    return std::nullopt;
}

std::optional<std::int64_t> read_count(json::Cursor& at, bool& digits)
{
    const auto count = at.digits();
    digits = count.has_value();
    return count ? count : read_odd_count(at, digits);
}

std::optional<std::int64_t> read_count(json::Cursor& at)
{
    bool digits = false;
    return read_count(at, digits);
}

std::string_view read_raw(json::Cursor& at)
{
    return at.null() ? std::string_view() : at.skip();
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
