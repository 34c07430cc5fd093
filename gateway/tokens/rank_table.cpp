#include "tokens/rank_table.hpp"

#include <algorithm>
#include <functional>

namespace sluice {
namespace {

std::uint64_t hash_of(std::string_view token)
{
    return std::hash<std::string_view>{}(token);
}

constexpr std::uint64_t tag_of(std::uint64_t hash)
{
    return hash & 0xFFF;
}

}  // namespace

RankTable::RankTable(std::size_t tokens, std::size_t bytes)
    // A third of the slots stays free: a search that finds nothing looks at five.
    : slots_(tokens + tokens / 2 + 1), tokens_(tokens)
{
    bytes_.reserve(bytes);
}

std::size_t RankTable::place(std::string_view token, std::uint64_t hash) const
{
    // The upper half of the hash, scaled to the number of slots.
    auto at = static_cast<std::size_t>((hash >> 32) * slots_.size() >> 32);
    while (true) {
        const auto slot = slots_[at];
        if (slot.length == 0) return at;
        if (slot.tag == tag_of(hash) &&
            std::string_view(bytes_).substr(slot.offset, slot.length) == token)
            return at;
        if (++at == slots_.size()) at = 0;
    }
}

bool RankTable::add(std::string_view token, Rank rank)
{
    if (token.empty() || token.size() > max_token_bytes || rank >= max_tokens) return false;
    if (size_ == tokens_ || bytes_.size() + token.size() > max_bytes) return false;
    const auto hash = hash_of(token);
    auto& slot = slots_[place(token, hash)];
    if (slot.length != 0) return false;
    slot.offset = bytes_.size() & (max_bytes - 1);
    slot.length = token.size() & max_token_bytes;
    slot.rank = rank & (max_tokens - 1);
    slot.tag = tag_of(hash);
    bytes_ += token;
    longest_ = std::max(longest_, token.size());
    ++size_;
    return true;
}

Rank RankTable::find(std::string_view token) const
{
    if (token.empty() || token.size() > longest_) return none;
    const auto slot = slots_[place(token, hash_of(token))];
    return slot.length == 0 ? none : static_cast<Rank>(slot.rank);
}

}  // namespace sluice
