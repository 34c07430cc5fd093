#pragma once

#include "config/config.hpp"

#include <array>
#include <expected>
#include <limits>
#include <span>
#include <string>
#include <string_view>

/// How single values are spelled: text -> value, value -> text. What is wrong with a text is said
/// in words that fit behind "path: ".
namespace sluice {

/// What a setting may hold beyond what its type says.
struct Rule {
    double min = -std::numeric_limits<double>::infinity();  ///< milliseconds, bytes or plain
    double max = std::numeric_limits<double>::infinity();
    std::span<const std::string_view> words{};  ///< the only values of a text; empty: any
    bool secret = false;                        ///< shown as ***
};

constexpr Rule within(double min, double max)
{
    return {.min = min, .max = max};
}
constexpr Rule within(milliseconds min, milliseconds max)
{
    return within(static_cast<double>(min.count()), static_cast<double>(max.count()));
}
constexpr Rule one_of(std::span<const std::string_view> words)
{
    return {.words = words};
}
inline constexpr Rule secret{.secret = true};

/// A scalar as it was written. Quotes make it a text: "true" is no bool and "5" no number.
struct Scalar {
    std::string_view text;
    bool quoted = false;
};

/// nullopt: out holds the value; else what is wrong with it, out is as it was.
using Complaint = std::optional<std::string>;

Complaint read_value(const Scalar& scalar, const Rule& rule, bool& out);
Complaint read_value(const Scalar& scalar, const Rule& rule, int& out);
Complaint read_value(const Scalar& scalar, const Rule& rule, std::int64_t& out);
Complaint read_value(const Scalar& scalar, const Rule& rule, double& out);
Complaint read_value(const Scalar& scalar, const Rule& rule, std::size_t& out);   // 32MiB
Complaint read_value(const Scalar& scalar, const Rule& rule, milliseconds& out);  // 2s
Complaint read_value(const Scalar& scalar, const Rule& rule, std::string& out);
Complaint read_value(const Scalar& scalar, const Rule& rule, StateStore& out);
Complaint read_value(const Scalar& scalar, const Rule& rule, Strategy& out);
Complaint read_value(const Scalar& scalar, const Rule& rule, OnDisconnect& out);
template <class T>
Complaint read_value(const Scalar& scalar, const Rule& rule, std::optional<T>& out)
{
    T value{};
    if (auto complaint = read_value(scalar, rule, value)) return complaint;
    out = std::move(value);
    return std::nullopt;
}
/// Texts separated by commas, as environment variables hold them.
Complaint read_value(const Scalar& scalar, const Rule& rule, std::vector<std::string>& out);

/// The value as YAML that read_value takes back.
std::string write_value(bool value);
std::string write_value(int value);
std::string write_value(std::int64_t value);
std::string write_value(double value);
std::string write_value(std::size_t value);
std::string write_value(milliseconds value);
std::string write_value(const std::string& value);
std::string write_value(StateStore value);
std::string write_value(Strategy value);
std::string write_value(OnDisconnect value);
std::string write_value(const std::vector<std::string>& value);
template <class T>
std::string write_value(const std::optional<T>& value)
{
    return value ? write_value(*value) : "null";
}

/// What a value of this type looks like, for people: "duration, 1ms to 1h".
std::string kind_of(bool, const Rule& rule);
std::string kind_of(int, const Rule& rule);
std::string kind_of(std::int64_t, const Rule& rule);
std::string kind_of(double, const Rule& rule);
std::string kind_of(std::size_t, const Rule& rule);
std::string kind_of(milliseconds, const Rule& rule);
std::string kind_of(const std::string&, const Rule& rule);
std::string kind_of(StateStore, const Rule& rule);
std::string kind_of(Strategy, const Rule& rule);
std::string kind_of(OnDisconnect, const Rule& rule);
std::string kind_of(const std::vector<std::string>&, const Rule& rule);
template <class T>
std::string kind_of(const std::optional<T>&, const Rule& rule)
{
    return kind_of(T{}, rule);
}

}  // namespace sluice
