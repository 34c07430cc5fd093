#include "config/values.hpp"

#include <gtest/gtest.h>

namespace sluice {
namespace {

template <class T>
std::optional<T> value(std::string_view text, const Rule& rule = {}, bool quoted = false)
{
    T out{};
    return read_value(Scalar{text, quoted}, rule, out) ? std::nullopt : std::optional(out);
}

template <class T>
std::string complaint(std::string_view text, const Rule& rule = {}, bool quoted = false)
{
    T out{};
    return read_value(Scalar{text, quoted}, rule, out).value_or("");
}

TEST(Duration, is_a_number_with_its_unit)
{
    EXPECT_EQ(value<milliseconds>("250ms"), 250ms);
    EXPECT_EQ(value<milliseconds>("2s"), 2s);
    EXPECT_EQ(value<milliseconds>("1.5s"), 1500ms);
    EXPECT_EQ(value<milliseconds>("5m"), 5min);
    EXPECT_EQ(value<milliseconds>("1h"), 1h);
    EXPECT_EQ(value<milliseconds>("0s"), 0ms);
    EXPECT_EQ(value<milliseconds>("2s", {}, true), 2s);
}

TEST(Duration, without_a_unit_or_below_a_millisecond_is_refused)
{
    for (const auto* text :
         {"5",
          "0",
          "",
          "s",
          "-1s",
          "5 s",
          "5d",
          "0.5ms",
          "1.2.3s",
          "5S",
          "1m30s",
          "9e9h",
          "999999999999999h"})
        EXPECT_EQ(value<milliseconds>(text), std::nullopt) << text;
    EXPECT_NE(complaint<milliseconds>("5").find("a bare number has none"), std::string::npos);
}

TEST(Duration, out_of_bounds_is_refused_naming_the_bounds)
{
    EXPECT_EQ(complaint<milliseconds>("2h", within(1ms, 1h)), "must be 1ms to 1h");
    EXPECT_EQ(complaint<milliseconds>("0s", within(1ms, 1h)), "must be 1ms to 1h");
    EXPECT_EQ(value<milliseconds>("1h", within(1ms, 1h)), 1h);
}

TEST(Size, is_bytes_or_a_number_with_a_binary_unit)
{
    EXPECT_EQ(value<std::size_t>("4096"), 4096u);
    EXPECT_EQ(value<std::size_t>("1KiB"), 1024u);
    EXPECT_EQ(value<std::size_t>("32MiB"), 32u << 20);
    EXPECT_EQ(value<std::size_t>("1GiB"), 1u << 30);
    EXPECT_EQ(value<std::size_t>("7B"), 7u);
    for (const auto* text : {"32MB", "1kb", "-1", "1.5B", "", "KiB", "1e3"})
        EXPECT_EQ(value<std::size_t>(text), std::nullopt) << text;
    EXPECT_EQ(complaint<std::size_t>("2GiB", within(1, 1 << 30)), "must be 1B to 1GiB");
}

TEST(Number, is_decimal_unquoted_and_without_leading_zeros)
{
    EXPECT_EQ(value<int>("42"), 42);
    EXPECT_EQ(value<int>("-3"), -3);
    EXPECT_EQ(value<double>("0.25"), 0.25);
    EXPECT_EQ(value<double>("1e3"), 1000.0);
    EXPECT_EQ(value<std::int64_t>("5000000000"), 5'000'000'000);
    for (const auto* text :
         {"010", "00", "-01", "0x10", "+5", "1_000", "ten", "", "1.5", "99999999999"})
        EXPECT_EQ(value<int>(text), std::nullopt) << text;
    for (const auto* text : {"inf", "nan", ".5", "1e999", "007.5", "1,5"})
        EXPECT_EQ(value<double>(text), std::nullopt) << text;
    EXPECT_EQ(complaint<int>("5", {}, true), "must be a whole number; leave the quotes out");
    EXPECT_EQ(complaint<int>("65", within(1, 64)), "must be 1 to 64");
    EXPECT_EQ(complaint<int>("x", within(1, 64)), "must be a whole number, 1 to 64");
}

TEST(Bool, is_true_or_false_and_nothing_else)
{
    EXPECT_EQ(value<bool>("true"), true);
    EXPECT_EQ(value<bool>("false"), false);
    for (const auto* text : {"yes", "on", "True", "1", ""})
        EXPECT_EQ(value<bool>(text), std::nullopt) << text;
    EXPECT_EQ(complaint<bool>("true", {}, true), "must be true or false; leave the quotes out");
}

TEST(Words, are_checked_and_listed)
{
    EXPECT_EQ(value<Strategy>("least_latency"), Strategy::least_latency);
    EXPECT_EQ(value<OnDisconnect>("drain"), OnDisconnect::drain);
    EXPECT_EQ(complaint<Strategy>("best"), "must be one of fallback, weighted, least_latency");
    constexpr std::array<std::string_view, 2> words{"json", "text"};
    EXPECT_EQ(value<std::string>("json", one_of(words)), "json");
    EXPECT_EQ(complaint<std::string>("xml", one_of(words)), "must be one of json, text");
}

TEST(TextList, in_a_variable_is_separated_by_commas)
{
    EXPECT_EQ(
        value<std::vector<std::string>>(" a, b ,,c"), (std::vector<std::string>{"a", "b", "c"})
    );
    EXPECT_EQ(value<std::vector<std::string>>(" , "), std::vector<std::string>{});
}

TEST(WrittenValue, uses_the_largest_whole_unit)
{
    EXPECT_EQ(write_value(90s), "90s");
    EXPECT_EQ(write_value(milliseconds(1h)), "1h");
    EXPECT_EQ(write_value(0ms), "0s");
    EXPECT_EQ(write_value(1500ms), "1500ms");
    EXPECT_EQ(write_value(std::size_t{32} << 20), "32MiB");
    EXPECT_EQ(write_value(std::size_t{1000}), "1000B");
    EXPECT_EQ(write_value(std::size_t{0}), "0B");
}

TEST(WrittenValue, quotes_what_yaml_would_read_as_something_else)
{
    EXPECT_EQ(write_value(std::string("gpt-6-luna")), "gpt-6-luna");
    EXPECT_EQ(write_value(std::string("")), R"("")");
    EXPECT_EQ(write_value(std::string("null")), R"("null")");
    EXPECT_EQ(write_value(std::string("-")), R"("-")");
    EXPECT_EQ(write_value(std::string("a: b #c")), R"("a: b #c")");
    EXPECT_EQ(write_value(std::string("say \"hi\"\\\n")), R"("say \"hi\"\\\x0A")");
    EXPECT_EQ(write_value(std::string("${X} $${Y}")), R"("$${X} $$${Y}")");
    EXPECT_EQ(write_value(std::vector<std::string>{"a", "b c"}), R"([a, "b c"])");
}

TEST(WrittenValue, of_numbers_is_plain_decimal)
{
    EXPECT_EQ(write_value(0.2), "0.2");
    EXPECT_EQ(write_value(1e6), "1000000");
    EXPECT_EQ(write_value(std::optional<double>()), "null");
    EXPECT_EQ(write_value(std::optional(0.7)), "0.7");
}

}  // namespace
}  // namespace sluice
