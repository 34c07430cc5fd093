#include "tokens/merger.hpp"

#include <algorithm>
#include <functional>

namespace sluice {

/// Ranks the part joined with the next, and puts it last into the heap's array where that is a
/// token.
bool Merger::rate(std::string_view piece, std::uint32_t at)
{
    auto& part = parts_[at];
    part.rank = RankTable::none;
    if (part.next == piece.size()) return false;
    part.rank = ranks_.find(piece.substr(at, parts_[part.next].next - at));
    if (part.rank == RankTable::none) return false;
    heap_.push_back(std::uint64_t{part.rank} << 32 | at);
    return true;
}

void Merger::rate_again(std::string_view piece, std::uint32_t at)
{
    if (rate(piece, at)) std::ranges::push_heap(heap_, std::greater{});
}

void Merger::join(std::string_view piece, std::uint32_t at)
{
    auto& part = parts_[at];
    auto& gone = parts_[part.next];
    gone.rank = RankTable::none;
    part.next = gone.next;
    if (part.next < piece.size()) parts_[part.next].previous = at;
    rate_again(piece, at);
    if (at > 0) rate_again(piece, part.previous);
}

/// Leaves the tokens in parts_, chained from the first; returns how many.
std::size_t Merger::merge(std::string_view piece)
{
    const auto size = static_cast<std::uint32_t>(piece.size());
    parts_.resize(size);
    heap_.clear();
    for (std::uint32_t i = 0; i < size; ++i) parts_[i] = {i - 1, i + 1, RankTable::none};
    for (std::uint32_t i = 0; i < size; ++i) rate(piece, i);
    std::ranges::make_heap(heap_, std::greater{});

    std::size_t tokens = size;
    while (!heap_.empty()) {
        std::ranges::pop_heap(heap_, std::greater{});
        const auto best = heap_.back();
        heap_.pop_back();
        const auto at = static_cast<std::uint32_t>(best);
        // A pair that a join has changed since has another rank by now, or none.
        if (parts_[at].rank != best >> 32) continue;
        join(piece, at);
        --tokens;
    }
    return tokens;
}

std::size_t Merger::count(std::string_view piece)
{
    return ranks_.find(piece) != RankTable::none ? 1 : merge(piece);
}

void Merger::encode(std::string_view piece, std::vector<Rank>& out)
{
    if (const auto rank = ranks_.find(piece); rank != RankTable::none) {
        out.push_back(rank);
        return;
    }
    out.reserve(out.size() + merge(piece));
    for (std::size_t at = 0; at < piece.size(); at = parts_[at].next)
        out.push_back(ranks_.find(piece.substr(at, parts_[at].next - at)));
}

}  // namespace sluice
