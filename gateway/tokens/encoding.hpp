#pragma once

#include "tokens/rank_table.hpp"
#include "tokens/splitter.hpp"

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice {

/// One encoding with its ranks: text to tokens. Special tokens (<|endoftext|>) are ordinary text
/// and broken UTF-8 is read as U+FFFD. Immutable: one instance serves every worker.
class Encoding {
public:
    /// Every single byte must have a rank.
    Encoding(EncodingKind kind, RankTable ranks) : kind_(kind), ranks_(std::move(ranks)) {}

    /// A piece longer than Merger::max_piece (64 KiB without an end of a word) is merged in slices,
    /// which may change the tokens beside each cut; everything else is exact.
    std::int64_t count(std::string_view text) const;
    std::vector<Rank> encode(std::string_view text) const;

private:
    EncodingKind kind_;
    RankTable ranks_;

    void for_each_piece(std::string_view text, auto take) const;
};

}  // namespace sluice
