#include "core/json_value.hpp"

#include "core/hex.hpp"
#include "core/json.hpp"

#include <charconv>
#include <cmath>
#include <cstdlib>

namespace sluice::json {
namespace {

unsigned code_unit(std::string_view digits)
{
    unsigned unit = 0;
    for (const char c : digits.substr(0, 4)) unit = unit * 16 + static_cast<unsigned>(hex_digit(c));
    return unit;
}

void append_utf8(std::string& out, unsigned code_point)
{
    const auto put = [&](unsigned byte) { out += static_cast<char>(byte); };
    const auto follow = [&](int shift) { put(0x80 | ((code_point >> shift) & 0x3F)); };
    if (code_point < 0x80) {
        put(code_point);
    } else if (code_point < 0x800) {
        put(0xC0 | code_point >> 6);
        follow(0);
    } else if (code_point < 0x10000) {
        put(0xE0 | code_point >> 12);
        follow(6);
        follow(0);
    } else {
        put(0xF0 | code_point >> 18);
        follow(12);
        follow(6);
        follow(0);
    }
}

/// Appends the character of the escape that `rest` begins with and returns the escape's length.
std::size_t append_escape(std::string& out, std::string_view rest)
{
    switch (rest[1]) {
        case 'b': out += '\b'; return 2;
        case 'f': out += '\f'; return 2;
        case 'n': out += '\n'; return 2;
        case 'r': out += '\r'; return 2;
        case 't': out += '\t'; return 2;
        case 'u': break;
        default: out += rest[1]; return 2;
    }
    const auto unit = code_unit(rest.substr(2));
    if (unit < 0xD800 || unit > 0xDFFF) {
        append_utf8(out, unit);
        return 6;
    }
    append_utf8(out, 0x10000 + ((unit - 0xD800) << 10) + (code_unit(rest.substr(8)) - 0xDC00));
    return 12;
}

}  // namespace

void append_unescaped(std::string& out, std::string_view raw)
{
    while (true) {
        const auto plain = raw.find('\\');
        out.append(raw.substr(0, plain));
        if (plain == raw.npos) return;
        raw.remove_prefix(plain);
        raw.remove_prefix(append_escape(out, raw));
    }
}

std::optional<std::string> as_string(std::string_view json_text)
{
    if (json_text.size() < 2 || json_text.front() != '"') return std::nullopt;
    std::string out;
    append_unescaped(out, json_text.substr(1, json_text.size() - 2));
    return out;
}

std::optional<double> as_number(std::string_view json_text)
{
    double value = 0;
    const auto [end, error] = std::from_chars(json_text.begin(), json_text.end(), value);
    if (error == std::errc::invalid_argument || end != json_text.end()) return std::nullopt;
    // from_chars does not say which way it was out of range; strtod gives infinity or zero.
    if (error == std::errc::result_out_of_range)
        return std::strtod(std::string(json_text).c_str(), nullptr);
    return value;
}

std::optional<std::int64_t> as_integer(std::string_view json_text)
{
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(json_text.begin(), json_text.end(), value);
    if (error == std::errc() && end == json_text.end()) return value;
    // 1.0 and 1e3 are integers too, as far as a double holds every integer.
    constexpr double exact = 9007199254740992.0;
    const auto number = as_number(json_text);
    if (!number || std::trunc(*number) != *number || std::abs(*number) >= exact)
        return std::nullopt;
    return static_cast<std::int64_t>(*number);
}

std::optional<bool> as_bool(std::string_view json_text)
{
    if (json_text == "true") return true;
    if (json_text == "false") return false;
    return std::nullopt;
}

}  // namespace sluice::json
