#include "tokens/splitter.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace sluice {
namespace {

/// The pieces with "~" between them.
std::string split(EncodingKind kind, std::string_view text)
{
    std::string out;
    Splitter pieces(kind, text);
    for (auto piece = pieces.next(); !piece.empty(); piece = pieces.next()) {
        if (!out.empty()) out += '~';
        out += piece;
    }
    return out;
}

/// The pieces of a text in each encoding, divided by "~".
struct Case {
    std::string o200k;
    std::string cl100k = o200k;
};

std::string without_marks(std::string text)
{
    std::erase(text, '~');
    return text;
}

void expect_split(const std::vector<Case>& cases)
{
    for (const auto& [o200k, cl100k] : cases) {
        ASSERT_EQ(without_marks(o200k), without_marks(cl100k));
        EXPECT_EQ(split(EncodingKind::o200k_base, without_marks(o200k)), o200k);
        EXPECT_EQ(split(EncodingKind::cl100k_base, without_marks(o200k)), cl100k);
    }
}

TEST(Splitter, words_take_one_character_along_in_front)
{
    expect_split({
        {},
        {"hello~ world"},
        {"a~_b~-c~\td"},
        {"x~ ~ y"},
        {"((~foo~)"},
        {"\n~foo"},
        {"1~st"},
        {"\xC2\xA0nbsp~\xE2\x80\x83"
         "em~\xE2\x80\x8Bzw"},
    });
}

TEST(Splitter, capitals_begin_a_word_in_o200k_only)
{
    expect_split({
        {"Camel~Case~Name", "CamelCaseName"},
        {"HTTPServer~Error", "HTTPServerError"},
        {"HTTP"},
        {" ABC~!"},
        {"i~Phone", "iPhone"},
        {"\xC3\x89t\xC3\xA9"},
        {"x~\xC7\x85x", "x\xC7\x85x"},
    });
}

TEST(Splitter, a_run_of_capitals_gives_back_to_a_character_without_case)
{
    expect_split({
        {"\xE4\xB8\xAD\xE6\x96\x87"},
        {"A\xE4\xB8\xAD~BC",
         "A\xE4\xB8\xAD"
         "BC"},
        {"\xE4\xB8\xAD"
         "A\xE4\xB8\xAD~AB",
         "\xE4\xB8\xAD"
         "A\xE4\xB8\xAD"
         "AB"},
        {"\xE4\xB8\xAD"
         "ABc"},
        {"a\xE4\xB8\xAD"
         "b"},
        {"a\xE4\xB8\xAD~B",
         "a\xE4\xB8\xAD"
         "B"},
        {"\xCA\xB0~A",
         "\xCA\xB0"
         "A"},
    });
}

TEST(Splitter, marks_belong_to_words_in_o200k_and_to_symbols_in_cl100k)
{
    expect_split({
        {"e\xCC\x81~ x", "e~\xCC\x81~ x"},
        {"e\xCC\x81"
         "a",
         "e~\xCC\x81"
         "a"},
        {"\xCC\x81"},
        {"\xCC\x81\xCC\x81"},
        {"\xCC\x81~ABC",
         "\xCC\x81"
         "ABC"},
        {"\xCC\x81"
         "Abc"},
        {"!\xCC\x81"
         "a",
         "!\xCC\x81~a"},
        {"!!\xCC\x81~a"},
    });
}

TEST(Splitter, contractions_end_a_word_in_o200k_and_stand_alone_in_cl100k)
{
    expect_split({
        {"I'm~ you're", "I~'m~ you~'re"},
        {"WE'LL~ IT'S", "WE~'LL~ IT~'S"},
        {"a've~ b'd~ c't", "a~'ve~ b~'d~ c~'t"},
        {"don't~s", "don~'t~s"},
        {"a'rE~v~E", "a~'rE~vE"},
        {"'s"},
        {"''~s"},
        {" '~s", " '~s"},
        {"'sa", "'s~a"},
        {"a~'x"},
        {"a~'r"},
        {"a~'"},
        {"1~'s"},
    });
}

TEST(Splitter, the_long_s_is_an_s_in_a_contraction)
{
    expect_split({{"a'\xC5\xBF~b", "a~'\xC5\xBF~b"}});
}

TEST(Splitter, digits_come_in_threes)
{
    expect_split({
        {"123~456~7"},
        {" ~1"},
        {"3~.~141~59"},
        {"\xEF\xBC\x90\xC2\xB2\xE2\x85\xA7~1"},
        {"a~1~b"},
    });
}

TEST(Splitter, symbols_take_a_space_before_and_line_ends_behind)
{
    expect_split({
        {" !?~ ++"},
        {"!\r\n\n~!"},
        {"  "},
        {" ~ !"},
        {"!\n/\n//~a", "!\n~/\n~//~a"},
        {"://~x"},
        {"\t~!"},
        {"\xF0\x9F\x91\x8D\xF0\x9F\x8F\xBD~ \xF0\x9F\x9A\x80"},
        {std::string("\0\x01\x7F", 3)},
        {"<|~endoftext~|>"},
    });
}

TEST(Splitter, white_space_leaves_its_last_character_to_the_word_behind)
{
    expect_split({
        {"   "},
        {"  ~ x"},
        {" \n"},
        {"a~   "},
        {"a~ ~ ~1"},
        {"a~\n\n\n~b"},
        {"a~ \r\n \n~  ~ b"},
        {"a~\n~  "},
        {"\xC2\x85\xE2\x80\xA8~ x"},
        {"\xE3\x80\x80~\xE3\x80\x80x"},
    });
}

TEST(Splitter, broken_ends_of_the_text_are_not_read_beyond)
{
    for (const auto kind : {EncodingKind::o200k_base, EncodingKind::cl100k_base})
        for (const std::string_view whole : {"a'", "a'r", "a'\xC5\xBF", "\xF0\x9F\x91\x8D"})
            EXPECT_EQ(without_marks(split(kind, whole)), whole);
}

}  // namespace
}  // namespace sluice
