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

char* put_utf8(char* out, unsigned code_point)
{
    const auto put = [&](unsigned byte) { *out++ = static_cast<char>(byte); };
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
    return out;
}

char short_escape(char c)
{
    switch (c) {
        case 'b': return '\b';
        case 'f': return '\f';
        case 'n': return '\n';
        case 'r': return '\r';
        case 't': return '\t';
        default: return c;
    }
}

/// Writes the character of the escape that `rest` begins with, and takes the escape off it.
char* put_escape(char* out, std::string_view& rest)
{
    if (rest[1] != 'u') {
        *out++ = short_escape(rest[1]);
        rest.remove_prefix(2);
        return out;
    }
    auto code_point = code_unit(rest.substr(2));
    const bool pair = code_point >= 0xD800 && code_point <= 0xDFFF;
    if (pair)
        code_point = 0x10000 + ((code_point - 0xD800) << 10) + (code_unit(rest.substr(8)) - 0xDC00);
    rest.remove_prefix(pair ? 12 : 6);
    return put_utf8(out, code_point);
}

/// Digits alone, too few to overflow.
std::optional<std::int64_t> as_short_integer(std::string_view text)
{
    if (text.empty() || text.size() > 18) return std::nullopt;
    std::int64_t value = 0;
    for (const char c : text) {
        if (c < '0' || c > '9') return std::nullopt;
        value = value * 10 + (c - '0');
    }
    return value;
}

}  // namespace

void append_unescaped(std::string& out, std::string_view raw)
{
    const auto before = out.size();
    // No escape is shorter than what it stands for.
    out.resize_and_overwrite(before + raw.size(), [&](char* begin, std::size_t) {
        char* end = begin + before;
        while (true) {
            const auto plain = raw.substr(0, raw.find('\\'));
            end += plain.copy(end, plain.size());
            raw.remove_prefix(plain.size());
            if (raw.empty()) return end - begin;
            end = put_escape(end, raw);
        }
    });
}

std::optional<std::string> as_string(std::string_view json_text)
{
    if (json_text.size() < 2 || json_text.front() != '"') return std::nullopt;
    std::optional<std::string> out(std::in_place);
    append_unescaped(*out, json_text.substr(1, json_text.size() - 2));
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
    if (const auto plain = as_short_integer(json_text)) return plain;
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
