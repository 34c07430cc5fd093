#include "config/findings.hpp"

#include <gtest/gtest.h>

namespace sluice {
namespace {

TEST(Findings, stand_in_the_order_of_the_file_and_then_of_the_environment)
{
    Findings findings;
    findings.add({"environment B", 0, 0}, "x", "second variable");
    findings.add({"sluice.yaml", 10, 1}, "b", "late");
    findings.add({"environment A", 0, 0}, "x", "first variable");
    findings.add({"sluice.yaml", 2, 9}, "a.b", "middle");
    findings.add({"sluice.yaml", 2, 3}, "a", "early");
    EXPECT_EQ(
        findings.lines(),
        (ConfigErrors{
            "sluice.yaml:2:3: a: early",
            "sluice.yaml:2:9: a.b: middle",
            "sluice.yaml:10:1: b: late",
            "environment A: first variable",
            "environment B: second variable",
        })
    );
}

TEST(Findings, control_characters_of_the_file_do_not_reach_the_terminal)
{
    Findings findings;
    findings.add({"f", 1, 1}, "a\x1b[2J", "x\ny");
    EXPECT_EQ(findings.lines(), ConfigErrors{"f:1:1: a?[2J: x?y"});
}

TEST(PlaceOf, a_setting_is_that_of_the_nearest_map_around_it)
{
    const Places places{{"", {"f", 1, 1}}, {"a", {"f", 2, 1}}, {"a.list", {"f", 3, 1}}};
    EXPECT_EQ(place_of(places, "a.list[2].x").line, 3);
    EXPECT_EQ(place_of(places, "a.other").line, 2);
    EXPECT_EQ(place_of(places, "b").line, 1);
    EXPECT_EQ(place_of({}, "b").line, 0);
}

TEST(DidYouMean, names_the_nearest_word_only_where_it_is_near)
{
    const std::vector<std::string> known{"timeouts", "retry", "breaker", "type"};
    EXPECT_EQ(did_you_mean("timeout", known), R"( (did you mean "timeouts"?))");
    EXPECT_EQ(did_you_mean("rerty", known), R"( (did you mean "retry"?))");
    EXPECT_EQ(did_you_mean("braeker", known), R"( (did you mean "breaker"?))");
    EXPECT_EQ(did_you_mean("tpye", known), R"( (did you mean "type"?))");
    EXPECT_EQ(did_you_mean("nonsense", known), "");
    EXPECT_EQ(did_you_mean("", known), "");
    EXPECT_EQ(did_you_mean(std::string(10'000, 'x'), known), "");
}

}  // namespace
}  // namespace sluice
