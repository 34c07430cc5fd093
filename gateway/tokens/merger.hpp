#pragma once

#include "tokens/rank_table.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace sluice {

/// Byte-pair merging: starts from single bytes and joins, again and again, the adjacent pair with
/// the lowest rank, the leftmost of equals. n log n for a piece of n bytes, whatever they are.
/// Keeps its memory from piece to piece; for one thread.
class Merger {
public:
    /// Every single byte must have a rank, and the table must outlive the merger.
    explicit Merger(const RankTable& ranks) : ranks_(ranks) {}

    static constexpr std::size_t max_piece = 1 << 16;  ///< bytes; each takes 30 of memory

    /// How many tokens the piece becomes.
    std::size_t count(std::string_view piece);
    /// Appends them.
    void encode(std::string_view piece, std::vector<Rank>& out);

private:
    /// One stretch of the piece, at the index of its first byte.
    struct Part {
        std::uint32_t previous;
        std::uint32_t next;  // where it ends
        Rank rank;           // of this one joined with the next
    };

    const RankTable& ranks_;
    std::vector<Part> parts_;
    std::vector<std::uint64_t> heap_;  // rank and index of each pair that was ever worth joining

    std::size_t merge(std::string_view piece);
    bool rate(std::string_view piece, std::uint32_t at);
    void rate_again(std::string_view piece, std::uint32_t at);
    void join(std::string_view piece, std::uint32_t at);
};

}  // namespace sluice
