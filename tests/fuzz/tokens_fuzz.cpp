// Splitting and merging of any bytes: the pieces are the text, the tokens of a piece are what the
// definition of merging makes of it, and an estimate is there for everything.

#include "require.hpp"
#include "tests/unit/tokens/made_up_ranks.hpp"
#include "tokens/encoding.hpp"
#include "tokens/estimate.hpp"
#include "tokens/merger.hpp"
#include "tokens/utf8.hpp"

#include <cstdint>

namespace {

using namespace sluice;

const RankTable& ranks()
{
    static const auto table = test::made_up_ranks();
    return table;
}

const Encoding& encoding(EncodingKind kind)
{
    static const Encoding o200k(EncodingKind::o200k_base, test::made_up_ranks());
    static const Encoding cl100k(EncodingKind::cl100k_base, test::made_up_ranks());
    return kind == EncodingKind::o200k_base ? o200k : cl100k;
}

std::string_view normalised(std::string_view text, std::string& storage)
{
    const auto sound = as_utf8(text, storage);
    std::string untouched;
    require(as_utf8(sound, untouched).data() == sound.data());
    return sound;
}

void check(EncodingKind kind, std::string_view sound)
{
    std::string pieces_joined;
    std::vector<Rank> expected;
    Splitter pieces(kind, sound);
    for (auto piece = pieces.next(); !piece.empty(); piece = pieces.next()) {
        pieces_joined += piece;
        const auto tokens = test::merge_naively(ranks(), piece);
        expected.insert(expected.end(), tokens.begin(), tokens.end());
    }
    require(pieces_joined == sound);

    const auto tokens = encoding(kind).encode(sound);
    require(tokens == expected);
    require(encoding(kind).count(sound) == static_cast<std::int64_t>(tokens.size()));
    std::string tokens_joined;
    for (const auto token : tokens) tokens_joined += test::made_up_bytes(token);
    require(tokens_joined == sound);

    require((estimate_tokens(kind, sound) > 0) == !sound.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size > 2048) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    std::string storage;
    const auto sound = normalised(text, storage);
    for (const auto kind : {EncodingKind::o200k_base, EncodingKind::cl100k_base}) {
        check(kind, sound);
        require(encoding(kind).encode(text) == encoding(kind).encode(sound));
    }
    return 0;
}
