#pragma once

#include "tokens/rank_table.hpp"

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::test {

/// The tokens of made_up_ranks() beyond the single bytes; the first has rank 256.
inline constexpr std::initializer_list<std::string_view> made_up_tokens = {
    "aa",    "he",       "ll",           "ab",       "bab",          "aaaa", "aaa", "lo",   "hell",
    "hello", " w",       "or",           "ld",       "baba",         "abab", "  ",  "    ", "\r\n",
    "'s",    "\xE4\xB8", "\xE4\xB8\xAD", "\xCC\x81", "12",           "123",  "23",  " wor", "ba",
    "bb",    "aaaaaaaa", "!!",           "!!!!",     "\xEF\xBF\xBD", "xyz",
};

/// A table small enough to reckon with by hand: every byte has its value for a rank.
inline RankTable made_up_ranks()
{
    RankTable ranks(256 + made_up_tokens.size(), 1024);
    Rank rank = 0;
    for (; rank < 256; ++rank) ranks.add(std::string(1, static_cast<char>(rank)), rank);
    for (const auto token : made_up_tokens) ranks.add(token, rank++);
    return ranks;
}

inline std::string made_up_bytes(Rank rank)
{
    return rank < 256 ? std::string(1, static_cast<char>(rank))
                      : std::string(made_up_tokens.begin()[rank - 256]);
}

/// Merging as its definition says it, in the square of the piece's length.
inline std::vector<Rank> merge_naively(const RankTable& ranks, std::string_view piece)
{
    std::vector<std::string> parts;
    for (const char c : piece) parts.emplace_back(1, c);
    while (true) {
        auto best = RankTable::none;
        std::size_t at = 0;
        for (std::size_t i = 0; i + 1 < parts.size(); ++i)
            if (const auto rank = ranks.find(parts[i] + parts[i + 1]); rank < best) {
                best = rank;
                at = i;
            }
        if (best == RankTable::none) break;
        parts[at] += parts[at + 1];
        parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(at) + 1);
    }
    std::vector<Rank> tokens;
    if (const auto whole = ranks.find(piece); whole != RankTable::none) return {whole};
    for (const auto& part : parts) tokens.push_back(ranks.find(part));
    return tokens;
}

}  // namespace sluice::test
