#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// A token's number; among pairs to merge the lowest goes first.
using Rank = std::uint32_t;

/// The tokens of an encoding by their bytes: one string that holds them all and an open-addressing
/// hash of eight bytes a slot into it. For 200,000 tokens these are 3.7 MB.
class RankTable {
public:
    static constexpr Rank none = ~Rank{0};
    static constexpr std::size_t max_tokens = 1 << 20;
    static constexpr std::size_t max_token_bytes = 255;
    static constexpr std::size_t max_bytes = 1 << 24;  ///< of all tokens together

    /// Room for so many tokens, of so many bytes together.
    RankTable(std::size_t tokens, std::size_t bytes);

    /// False where the token is there already, or it, its rank or the table is beyond the limits.
    bool add(std::string_view token, Rank rank);
    /// The token's rank; none where the bytes are no token.
    Rank find(std::string_view token) const;
    std::size_t size() const { return size_; }

private:
    struct Slot {
        std::uint64_t offset : 24 = 0;
        std::uint64_t length : 8 = 0;  // 0: free
        std::uint64_t rank : 20 = 0;
        std::uint64_t tag : 12 = 0;  // of the hash: spares most looks at other tokens' bytes
    };

    std::string bytes_;
    std::vector<Slot> slots_;
    std::size_t tokens_;
    std::size_t size_ = 0;
    std::size_t longest_ = 0;

    /// Where the token is, or else the free slot where it would be.
    std::size_t place(std::string_view token, std::uint64_t hash) const;
};

}  // namespace sluice
