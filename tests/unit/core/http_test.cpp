#include "core/http.hpp"

#include "core/deployment.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>

namespace sluice {
namespace {

using namespace std::literals;

TEST(HttpText, first_control_character_is_found_wherever_it_stands)
{
    for (int c = 0; c < 256; ++c) {
        const bool control = (c < 0x20 && c != '\t') || c == 0x7f;
        for (std::size_t at = 0; at < 20; ++at) {
            std::string text(20, 'a');
            text[at] = static_cast<char>(c);
            EXPECT_EQ(find_control(text), control ? at : text.size()) << c << " at " << at;
            text[19] = '\r';
            EXPECT_EQ(find_control(text), control ? at : 19) << c << " at " << at;
            EXPECT_EQ(find_control("\t" + text), control ? at + 1 : 20) << c << " at " << at;
        }
    }
    EXPECT_FALSE(has_control(""));
    EXPECT_FALSE(has_control("a\tb caf\xe9 \xff\x80 ~"));
}

TEST(HttpText, names_compare_without_case)
{
    EXPECT_TRUE(iequals("Content-Type", "content-tYPE"));
    EXPECT_FALSE(iequals("content-type", "content-typ"));
    EXPECT_FALSE(iequals("a@[", "a`{"));
    EXPECT_FALSE(iequals("\xc3", "\xe3"));
}

TEST(Append, any_number_of_pieces_in_any_memory)
{
    for (std::size_t size = 0; size < 70; ++size) {
        std::string out(size, 'x');
        append_all(
            out, "", "ab"sv, -12, std::string(size, 'y'), ":", std::size_t{7}, Digits(255, 16)
        );
        EXPECT_EQ(out, std::string(size, 'x') + "ab-12" + std::string(size, 'y') + ":7ff");
    }
}

TEST(Append, numbers_and_characters_as_they_are_written)
{
    const auto text = [](const auto& part) {
        std::string out;
        append_all(out, part);
        return out;
    };
    for (const std::int64_t number : {0L, 7L, 10L, 99L, 100L, 101L, 999L, 1000L, -1L, -1000L})
        EXPECT_EQ(text(number), std::to_string(number));
    EXPECT_EQ(text(std::numeric_limits<std::int64_t>::min()), "-9223372036854775808");
    EXPECT_EQ(text(std::numeric_limits<std::uint64_t>::max()), "18446744073709551615");
    EXPECT_EQ(text('c'), "c");
    EXPECT_EQ(text(0.7), "0.7");
    EXPECT_EQ(text(-2.2250738585072014e-308), "-2.2250738585072014e-308");
    EXPECT_EQ(text(std::numeric_limits<double>::quiet_NaN()), "null");
}

TEST(HeaderBlock, a_break_in_a_value_becomes_a_blank)
{
    HeaderBlock headers{{"a", "1"}};
    headers.push_back({"b", "x\r\ny: \0z\t"sv});
    headers.add("c", "1\n2\x01");
    headers.append_lines("d: ", 3, "\r\n");
    headers.push_back({"e", ""});
    EXPECT_EQ(headers.text(), "a: 1\r\nb: x  y:  z\t\r\nc: 1 2\x01\r\nd: 3\r\ne: \r\n");
}

TEST(RequestFields, are_one_text)
{
    RequestFields fields{{"authorization", "Bearer k"}};
    fields.append_lines("accept: ", "*/*", "\r\n");
    fields.append(Headers{{"X-Team", "a"}});
    fields.add("x-n", 12, "ms");
    fields.append(RequestFields{{"tail", ""}});
    EXPECT_EQ(fields.find("X-TEAM"), "a");
    EXPECT_EQ(fields.find("accept"), "*/*");
    EXPECT_EQ(fields.find("tail"), "");
    EXPECT_EQ(fields.find("bearer k"), "");
    EXPECT_EQ(fields.find("longer-than-the-last-line"), "");

    fields.replace("Authorization", {"api-key", "k"});
    fields.replace("absent", {"y", "z"});
    EXPECT_EQ(fields.text(), "api-key: k\r\naccept: */*\r\nX-Team: a\r\nx-n: 12ms\r\ntail: \r\n");
    EXPECT_EQ(fields.fault(), "");
}

TEST(RequestFields, keep_the_first_fault_and_nothing_of_the_field)
{
    const HeaderField faulty[] = {
        {"", "v"}, {"a b", "v"}, {"a:", "v"}, {"a", "secret\r\nb: c"}, {"a", "\x7f"}, {"Host", "v"}
    };
    for (const auto& field : faulty) {
        RequestFields fields{{"a", "1"}, field, {"connection", "close"}};
        EXPECT_EQ(fields.text(), "a: 1\r\n") << field.name;
        EXPECT_NE(fields.fault(), "");
        EXPECT_FALSE(fields.fault().contains("connection")) << fields.fault();
        EXPECT_FALSE(fields.fault().contains("secret"));
        RequestFields others;
        others.append(fields);
        EXPECT_EQ(others.fault(), fields.fault());
    }
}

TEST(ApiKey, is_borne_by_a_field_and_never_by_two)
{
    EXPECT_EQ(ApiKey().bearer().text(), "");
    EXPECT_EQ(ApiKey("").bearer().text(), "");
    EXPECT_EQ(ApiKey("k").bearer().text(), "authorization: Bearer k\r\n");
    RequestFields fields;
    fields.append(ApiKey("secret\r\nb: c").bearer());
    EXPECT_EQ(fields.text(), "");
    EXPECT_NE(fields.fault(), "");
    EXPECT_FALSE(fields.fault().contains("secret"));
}

}  // namespace
}  // namespace sluice
