#include "config/yaml_reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice {
namespace {

using testing::HasSubstr;
using Kind = YamlNode::Kind;

std::string first_problem(std::string_view text)
{
    const auto document = read_yaml(text);
    if (document.problems.empty()) return {};
    const auto& [line, column, path, message] = document.problems.front();
    return std::to_string(line) + ":" + std::to_string(column) + ": " + path + ": " + message;
}

TEST(Yaml, becomes_a_tree_with_places)
{
    const auto document = read_yaml("a:\n  - x\n  - 'y'\nb: {c: ~}\n");
    ASSERT_TRUE(document.problems.empty());
    const auto& root = document.root;
    ASSERT_EQ(root.members.size(), 2u);
    EXPECT_EQ(root.members[0].key, "a");
    const auto& items = root.members[0].value.items;
    ASSERT_EQ(items.size(), 2u);
    EXPECT_EQ(items[0].text, "x");
    EXPECT_FALSE(items[0].quoted);
    EXPECT_TRUE(items[1].quoted);
    EXPECT_EQ(items[1].line, 3);
    EXPECT_EQ(items[1].column, 5);
    EXPECT_EQ(root.members[1].line, 4);
    EXPECT_EQ(root.members[1].value.members[0].value.kind, Kind::null);
}

TEST(Yaml, of_nothing_is_null)
{
    for (const auto* text : {"", "\n\n", "# only a comment\n", "---\n"}) {
        const auto document = read_yaml(text);
        EXPECT_TRUE(document.problems.empty()) << text;
        EXPECT_EQ(document.root.kind, Kind::null) << text;
    }
}

TEST(Yaml, problems_have_their_place_and_path)
{
    EXPECT_EQ(
        first_problem("a: {b: 1,\n b: 2}"), "2:2: a: \"b\" stands here twice (first in line 1)"
    );
    EXPECT_THAT(
        first_problem("a:\n  <<: {b: 1}"), HasSubstr("2:3: a: merge keys (<<) are not taken")
    );
    EXPECT_THAT(first_problem("a:\n  - !!str 5"), HasSubstr("2:5: a[0]: tags"));
    EXPECT_THAT(first_problem("[a, b]: 1"), HasSubstr("a key must be a text"));
    EXPECT_THAT(first_problem("a: 1\n---\nb: 2"), HasSubstr("3:1: : a second document"));
    EXPECT_THAT(first_problem("a: [1, 2\nb: 3"), HasSubstr("not YAML"));
    EXPECT_THAT(first_problem("a: \"unfinished"), HasSubstr("not YAML"));
}

TEST(Yaml, after_a_duplicate_the_first_value_stands_and_reading_goes_on)
{
    const auto document = read_yaml("a: 1\na: {x: 2}\na: 3\nb: 4");
    EXPECT_EQ(document.problems.size(), 2u);
    ASSERT_EQ(document.root.members.size(), 2u);
    EXPECT_EQ(document.root.members[0].value.text, "1");
    EXPECT_EQ(document.root.members[1].value.text, "4");
}

TEST(Yaml, quoted_merge_key_is_an_ordinary_key)
{
    EXPECT_EQ(read_yaml("'<<': 1").root.members.at(0).key, "<<");
}

TEST(Yaml, alias_stands_for_a_copy)
{
    const auto document = read_yaml("a: &t {x: 1}\nb: *t\nc: &s word\nd: [*s]");
    ASSERT_TRUE(document.problems.empty());
    EXPECT_EQ(document.root.members[1].value.members[0].value.text, "1");
    EXPECT_EQ(document.root.members[3].value.items[0].text, "word");
}

TEST(Yaml, alias_bomb_is_refused)
{
    std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
    for (int i = 1; i < 9; ++i) {
        const auto name = std::to_string(i), before = std::to_string(i - 1);
        bomb += "a" + name + ": &a" + name + " [";
        for (int j = 0; j < 10; ++j) bomb += "*a" + before + ", ";
        bomb += "x]\n";
    }
    EXPECT_THAT(first_problem(bomb), HasSubstr("too many values"));
}

TEST(Yaml, deep_nesting_and_aliases_to_themselves_are_refused)
{
    EXPECT_THAT(first_problem(std::string(5000, '[')), HasSubstr("nested too deeply"));
    EXPECT_THAT(first_problem("a: &a [*a]"), HasSubstr("within the very value"));
    std::string chain = "a0: &a0 [[[[[[[[[[x]]]]]]]]]]\n";
    for (int i = 1; i < 5; ++i)
        chain += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [[[[[[[[*a" +
                 std::to_string(i - 1) + "]]]]]]]]\n";
    EXPECT_THAT(first_problem(chain), HasSubstr("nested too deeply"));
}

TEST(Yaml, that_is_wrong_everywhere_gives_a_bounded_list)
{
    std::string text;
    for (int i = 0; i < 1000; ++i) text += "a: 1\n";
    EXPECT_EQ(read_yaml(text).problems.size(), 100u);
}

}  // namespace
}  // namespace sluice
