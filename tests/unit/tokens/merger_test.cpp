#include "tokens/merger.hpp"

#include "unit/tokens/made_up_ranks.hpp"

#include <gtest/gtest.h>

#include <random>

namespace sluice {
namespace {

using test::made_up_bytes;
using test::made_up_ranks;
using test::merge_naively;

std::string text_of(const std::vector<Rank>& tokens, char between = '\0')
{
    std::string out;
    for (const auto token : tokens) {
        if (between && !out.empty()) out += between;
        out += made_up_bytes(token);
    }
    return out;
}

std::vector<Rank> encode(const RankTable& ranks, std::string_view piece)
{
    std::vector<Rank> tokens;
    Merger(ranks).encode(piece, tokens);
    return tokens;
}

TEST(Merger, joins_the_lowest_rank_first_and_the_leftmost_of_equals)
{
    const auto ranks = made_up_ranks();
    for (const auto& [piece, tokens] : std::vector<std::pair<std::string, std::string>>{
             {"", ""},
             {"a", "a"},
             {"hello", "hello"},
             {"hellx", "hell|x"},
             {"aaaaa", "aaaa|a"},
             {"aaaaaaa", "aaaa|aaa"},
             {"xaaaax", "x|aaaa|x"},
             {"cab", "c|ab"},
             {"babab", "bab|ab"},
             {" world", " wor|ld"},
             {"xyzz", "x|y|z|z"},
         })
        EXPECT_EQ(text_of(encode(ranks, piece), '|'), tokens);
}

TEST(Merger, a_piece_that_is_a_token_is_taken_whole)
{
    // Nothing joins "x" and "y" or "y" and "z", so that merging never arrives there.
    EXPECT_EQ(text_of(encode(made_up_ranks(), "xyz"), '|'), "xyz");
    const auto ranks = made_up_ranks();
    EXPECT_EQ(Merger(ranks).count("xyz"), 1u);
}

TEST(Merger, does_what_the_definition_says)
{
    const auto ranks = made_up_ranks();
    std::mt19937 random(1);
    Merger merger(ranks);  // one for all pieces: nothing is left over from the one before
    for (const std::string_view letters : {"a", "ab", "abh", "helo", "aehlo wrd", "! \xE4\xB8\xAD"})
        for (int i = 0; i < 400; ++i) {
            std::string piece(1 + random() % 60, '\0');
            for (auto& c : piece) c = letters[random() % letters.size()];
            std::vector<Rank> tokens;
            merger.encode(piece, tokens);
            ASSERT_EQ(tokens, merge_naively(ranks, piece)) << piece;
            ASSERT_EQ(merger.count(piece), tokens.size()) << piece;
            ASSERT_EQ(text_of(tokens), piece);
        }
}

TEST(Merger, the_longest_piece_of_one_letter_becomes_the_longest_tokens)
{
    const auto ranks = made_up_ranks();
    const std::string piece(Merger::max_piece, 'a');
    EXPECT_EQ(Merger(ranks).count(piece), piece.size() / 8);
}

}  // namespace
}  // namespace sluice
