#include "tokens/rank_table.hpp"

#include <gtest/gtest.h>

namespace sluice {
namespace {

TEST(RankTable, finds_every_token_and_nothing_else)
{
    constexpr Rank count = 5000;
    RankTable ranks(count, count * 8);
    for (Rank i = 0; i < count; ++i) ASSERT_TRUE(ranks.add("t" + std::to_string(i), i));
    EXPECT_EQ(ranks.size(), count);
    for (Rank i = 0; i < count; ++i) {
        EXPECT_EQ(ranks.find("t" + std::to_string(i)), i);
        EXPECT_EQ(ranks.find("u" + std::to_string(i)), RankTable::none);
        EXPECT_EQ(ranks.find("t" + std::to_string(i + count)), RankTable::none);
    }
    EXPECT_EQ(ranks.find(""), RankTable::none);
    EXPECT_EQ(ranks.find(std::string(1000, 't')), RankTable::none);
}

TEST(RankTable, holds_any_bytes_up_to_its_limits)
{
    RankTable ranks(8, 1024);
    const std::string zeros(3, '\0'), longest(RankTable::max_token_bytes, '\xFF');
    EXPECT_TRUE(ranks.add(zeros, 0));
    EXPECT_TRUE(ranks.add(longest, RankTable::max_tokens - 1));
    EXPECT_EQ(ranks.find(zeros), 0u);
    EXPECT_EQ(ranks.find(longest), RankTable::max_tokens - 1);
    EXPECT_EQ(ranks.find({zeros.data(), 2}), RankTable::none);
}

TEST(RankTable, refuses_what_it_cannot_hold)
{
    RankTable ranks(2, 1024);
    EXPECT_FALSE(ranks.add("", 0));
    EXPECT_FALSE(ranks.add(std::string(RankTable::max_token_bytes + 1, 'x'), 0));
    EXPECT_FALSE(ranks.add("x", RankTable::max_tokens));
    EXPECT_TRUE(ranks.add("x", 0));
    EXPECT_FALSE(ranks.add("x", 1));
    EXPECT_TRUE(ranks.add("y", 1));
    EXPECT_FALSE(ranks.add("z", 2));
    EXPECT_EQ(ranks.find("x"), 0u);
}

}  // namespace
}  // namespace sluice
