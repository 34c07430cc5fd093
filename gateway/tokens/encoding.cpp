#include "tokens/encoding.hpp"

#include "tokens/merger.hpp"
#include "tokens/utf8.hpp"

#include <algorithm>
#include <string>

namespace sluice {

void Encoding::for_each_piece(std::string_view text, auto take) const
{
    std::string storage;
    Splitter pieces(kind_, as_utf8(text, storage));
    for (auto piece = pieces.next(); !piece.empty(); piece = pieces.next())
        for (; !piece.empty(); piece.remove_prefix(std::min(piece.size(), Merger::max_piece)))
            take(piece.substr(0, Merger::max_piece));
}

std::int64_t Encoding::count(std::string_view text) const
{
    Merger merger(ranks_);
    std::size_t tokens = 0;
    for_each_piece(text, [&](std::string_view piece) { tokens += merger.count(piece); });
    return static_cast<std::int64_t>(tokens);
}

std::vector<Rank> Encoding::encode(std::string_view text) const
{
    Merger merger(ranks_);
    std::vector<Rank> tokens;
    for_each_piece(text, [&](std::string_view piece) { merger.encode(piece, tokens); });
    return tokens;
}

}  // namespace sluice
