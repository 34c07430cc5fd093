#include "config/values.hpp"

#include "core/error.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace sluice {
namespace {

constexpr std::array<std::string_view, 2> state_stores{"sqlite", "memory"};
constexpr std::array<std::string_view, 3> strategies{"fallback", "weighted", "least_latency"};
constexpr std::array<std::string_view, 2> disconnects{"cancel", "drain"};

struct Unit {
    std::string_view name;
    std::int64_t factor;
};
constexpr std::array<Unit, 4> time_units{{{"h", 3'600'000}, {"m", 60'000}, {"s", 1000}, {"ms", 1}}};
constexpr std::array<Unit, 4> size_units{
    {{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"B", 1}}
};

template <class Names>
std::string joined(const Names& names)
{
    std::string out;
    for (const auto name : names) {
        if (!out.empty()) out += ", ";
        out += name;
    }
    return out;
}

/// The whole text as a number of T, in decimal as people write it; nullopt where it is none.
template <class T>
std::optional<T> number(std::string_view text)
{
    const auto digits = text.starts_with('-') ? text.substr(1) : text;
    if (digits.empty() || digits[0] < '0' || digits[0] > '9')
        return std::nullopt;  // no inf, nan, .5
    T value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

bool has_leading_zero(std::string_view text)
{
    if (text.starts_with('-')) text.remove_prefix(1);
    return text.size() > 1 && text[0] == '0' && text[1] >= '0' && text[1] <= '9';
}

std::string shortest(double value)
{
    std::array<char, 512> buffer;
    const auto end =
        std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::fixed)
            .ptr;
    return {buffer.data(), end};
}

/// A bound in the unit of T.
template <class T>
std::string bound(double value)
{
    if constexpr (std::same_as<T, milliseconds>)
        return write_value(milliseconds(static_cast<std::int64_t>(value)));
    else if constexpr (std::same_as<T, std::size_t>)
        return write_value(static_cast<std::size_t>(value));
    else
        return shortest(value);
}

/// "1 to 64", "1 or more"; empty where nothing is bounded.
template <class T>
std::string bounds(const Rule& rule)
{
    const bool low = std::isfinite(rule.min), high = std::isfinite(rule.max);
    if (low && high) return concat(bound<T>(rule.min), " to ", bound<T>(rule.max));
    if (low) return concat(bound<T>(rule.min), " or more");
    if (high) return concat(bound<T>(rule.max), " or less");
    return {};
}

template <class T>
std::string with_bounds(std::string_view kind, const Rule& rule)
{
    const auto range = bounds<T>(rule);
    return range.empty() ? std::string(kind) : concat(kind, ", ", range);
}

template <class T>
Complaint accept(T value, double magnitude, const Rule& rule, T& out)
{
    if (magnitude < rule.min || magnitude > rule.max) return concat("must be ", bounds<T>(rule));
    out = value;
    return std::nullopt;
}

template <class T>
Complaint read_number(const Scalar& scalar, const Rule& rule, T& out, std::string_view kind)
{
    if (scalar.quoted) return concat("must be ", kind, "; leave the quotes out");
    if (has_leading_zero(scalar.text))
        return std::string("must be written without leading zeros (they would mean octal to others)"
        );
    const auto value = number<T>(scalar.text);
    if (!value) return concat("must be ", with_bounds<T>(kind, rule));
    return accept(*value, static_cast<double>(*value), rule, out);
}

/// text as number and unit, in the smallest unit; nullopt where it is not that, or not whole.
template <std::size_t N>
std::optional<std::int64_t> quantity(std::string_view text, const std::array<Unit, N>& units)
{
    const auto split = std::min(text.find_first_not_of("0123456789."), text.size());
    const auto amount = number<double>(text.substr(0, split));
    const auto unit = std::ranges::find(units, text.substr(split), &Unit::name);
    if (!amount || unit == units.end()) return std::nullopt;
    const double exact = *amount * static_cast<double>(unit->factor);
    if (exact > 1e15 || exact != std::floor(exact)) return std::nullopt;
    return static_cast<std::int64_t>(exact);
}

/// In the largest unit that leaves a whole number.
template <std::size_t N>
std::string write_quantity(std::int64_t value, const std::array<Unit, N>& units)
{
    for (const auto& unit : units)
        if (value % unit.factor == 0) return concat(std::to_string(value / unit.factor), unit.name);
    return std::to_string(value);
}

template <class Enum, std::size_t N>
Complaint read_word(const Scalar& scalar, const std::array<std::string_view, N>& words, Enum& out)
{
    const auto found = std::ranges::find(words, scalar.text);
    if (found == words.end()) return concat("must be one of ", joined(words));
    out = static_cast<Enum>(found - words.begin());
    return std::nullopt;
}

/// True where YAML reads the bare text as this very text, also between brackets and before a
/// comment.
bool may_stand_bare(std::string_view text)
{
    constexpr std::array<std::string_view, 3> reads_as_null{"null", "Null", "NULL"};
    const auto plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_' || c == '.' || c == '/' || c == '-';
    };
    return !text.empty() && text[0] != '-' && text[0] != '.' && std::ranges::all_of(text, plain) &&
           !std::ranges::count(reads_as_null, text);
}

}  // namespace

Complaint read_value(const Scalar& scalar, const Rule&, bool& out)
{
    if (scalar.quoted) return "must be true or false; leave the quotes out";
    if (scalar.text != "true" && scalar.text != "false") return "must be true or false";
    out = scalar.text == "true";
    return std::nullopt;
}

Complaint read_value(const Scalar& scalar, const Rule& rule, int& out)
{
    return read_number(scalar, rule, out, "a whole number");
}

Complaint read_value(const Scalar& scalar, const Rule& rule, std::int64_t& out)
{
    return read_number(scalar, rule, out, "a whole number");
}

Complaint read_value(const Scalar& scalar, const Rule& rule, double& out)
{
    return read_number(scalar, rule, out, "a number");
}

Complaint read_value(const Scalar& scalar, const Rule& rule, std::size_t& out)
{
    auto bytes = number<std::int64_t>(scalar.text);
    if (!bytes) bytes = quantity(scalar.text, size_units);
    if (!bytes || *bytes < 0)
        return concat(
            "must be a size such as 32MiB, 1KiB or a number of bytes, ", bounds<std::size_t>(rule)
        );
    return accept(static_cast<std::size_t>(*bytes), static_cast<double>(*bytes), rule, out);
}

Complaint read_value(const Scalar& scalar, const Rule& rule, milliseconds& out)
{
    const auto value = quantity(scalar.text, time_units);
    if (!value)
        return concat(
            "must be a duration with its unit, such as 250ms, 2s, 5m or 1h",
            number<double>(scalar.text) ? " (a bare number has none)" : ""
        );
    return accept(milliseconds(*value), static_cast<double>(*value), rule, out);
}

Complaint read_value(const Scalar& scalar, const Rule& rule, std::string& out)
{
    if (!rule.words.empty() && std::ranges::count(rule.words, scalar.text) == 0)
        return concat("must be one of ", joined(rule.words));
    out = scalar.text;
    return std::nullopt;
}

Complaint read_value(const Scalar& scalar, const Rule&, StateStore& out)
{
    return read_word(scalar, state_stores, out);
}

Complaint read_value(const Scalar& scalar, const Rule&, Strategy& out)
{
    return read_word(scalar, strategies, out);
}

Complaint read_value(const Scalar& scalar, const Rule&, OnDisconnect& out)
{
    return read_word(scalar, disconnects, out);
}

Complaint read_value(const Scalar& scalar, const Rule&, std::vector<std::string>& out)
{
    out.clear();
    for (std::string_view rest = scalar.text; !rest.empty();) {
        const auto comma = std::min(rest.find(','), rest.size());
        auto item = rest.substr(0, comma);
        rest.remove_prefix(std::min(comma + 1, rest.size()));
        item.remove_prefix(std::min(item.find_first_not_of(" \t"), item.size()));
        item = item.substr(0, item.find_last_not_of(" \t") + 1);
        if (!item.empty()) out.emplace_back(item);
    }
    return std::nullopt;
}

std::string write_value(bool value)
{
    return value ? "true" : "false";
}
std::string write_value(int value)
{
    return std::to_string(value);
}
std::string write_value(std::int64_t value)
{
    return std::to_string(value);
}
std::string write_value(double value)
{
    return shortest(value);
}
std::string write_value(milliseconds value)
{
    return value == 0ms ? "0s" : write_quantity(value.count(), time_units);
}
std::string write_value(std::size_t value)
{
    return value == 0 ? "0B" : write_quantity(static_cast<std::int64_t>(value), size_units);
}
std::string write_value(StateStore value)
{
    return std::string(state_stores[static_cast<std::size_t>(value)]);
}
std::string write_value(Strategy value)
{
    return std::string(strategies[static_cast<std::size_t>(value)]);
}
std::string write_value(OnDisconnect value)
{
    return std::string(disconnects[static_cast<std::size_t>(value)]);
}

std::string write_value(const std::string& value)
{
    if (may_stand_bare(value)) return value;
    constexpr std::string_view hex = "0123456789ABCDEF";
    std::string out = "\"";
    for (std::size_t i = 0; i < value.size(); ++i) {
        const char c = value[i];
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
            out += "\\x";
            out += hex[static_cast<unsigned char>(c) >> 4];
            out += hex[static_cast<unsigned char>(c) & 15];
        } else {
            if (value.compare(i, 2, "${") == 0) out += '$';  // a literal, not a variable
            out += c;
        }
    }
    return out += '"';
}

std::string write_value(const std::vector<std::string>& value)
{
    std::string out = "[";
    for (const auto& item : value) {
        if (out.size() > 1) out += ", ";
        out += write_value(item);
    }
    return out += ']';
}

std::string kind_of(bool, const Rule&)
{
    return "true or false";
}
std::string kind_of(int, const Rule& rule)
{
    return with_bounds<int>("whole number", rule);
}
std::string kind_of(std::int64_t, const Rule& rule)
{
    return with_bounds<std::int64_t>("whole number", rule);
}
std::string kind_of(double, const Rule& rule)
{
    return with_bounds<double>("number", rule);
}
std::string kind_of(std::size_t, const Rule& rule)
{
    return with_bounds<std::size_t>("size", rule);
}
std::string kind_of(milliseconds, const Rule& rule)
{
    return with_bounds<milliseconds>("duration", rule);
}
std::string kind_of(const std::string&, const Rule& rule)
{
    if (rule.secret) return "secret";
    return rule.words.empty() ? "text" : joined(rule.words);
}
std::string kind_of(StateStore, const Rule&)
{
    return joined(state_stores);
}
std::string kind_of(Strategy, const Rule&)
{
    return joined(strategies);
}
std::string kind_of(OnDisconnect, const Rule&)
{
    return joined(disconnects);
}
std::string kind_of(const std::vector<std::string>&, const Rule&)
{
    return "list of text";
}

}  // namespace sluice
