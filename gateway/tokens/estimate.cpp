#include "tokens/estimate.hpp"

#include "tokens/utf8.hpp"

#include <algorithm>
#include <cmath>
#include <string>

namespace sluice {
namespace {

/// Tokens a character, by what it is. Chosen against both encodings so that none of the samples in
/// tests/fixtures/tokens comes out low: rare scripts cost several tokens a character in
/// cl100k_base, which has half the vocabulary.
struct Weights {
    double ascii_space;
    double ascii_lower;  // Finnish sets it: in English four to five letters make a token
    double ascii_upper;
    double ascii_symbol;
    double ascii_control;
    double latin;     // to U+024F: an accent breaks the word around it
    double two_byte;  // to U+07FF: Greek, Cyrillic, Hebrew, Arabic
    double plane;     // to U+FFFF: Indic scripts, Chinese, Japanese, Korean
    double beyond;    // emoji and historic scripts
};

constexpr Weights o200k_weights{
    .ascii_space = 1.0 / 16,
    .ascii_lower = 0.3,
    .ascii_upper = 0.5,
    .ascii_symbol = 0.5,
    .ascii_control = 1,
    .latin = 1.2,
    .two_byte = 0.5,
    .plane = 1,
    .beyond = 2.5,
};
constexpr Weights cl100k_weights{
    .ascii_space = 1.0 / 16,
    .ascii_lower = 0.37,
    .ascii_upper = 0.5,
    .ascii_symbol = 0.5,
    .ascii_control = 1,
    .latin = 1.7,
    .two_byte = 1.25,
    .plane = 1.4,
    .beyond = 3.5,
};

double ascii_weight(const Weights& weights, char32_t c)
{
    const auto kind = char_class::of(c);
    if (kind & char_class::space) return weights.ascii_space;
    if (c < 0x20 || c == 0x7F) return weights.ascii_control;
    if (kind & char_class::upper) return weights.ascii_upper;
    if (kind & char_class::symbol) return weights.ascii_symbol;
    return weights.ascii_lower;
}

double weight(const Weights& weights, char32_t c)
{
    if (c < 0x80) return ascii_weight(weights, c);
    if (c < 0x250) return weights.latin;
    if (c < 0x800) return weights.two_byte;
    return c < 0x10000 ? weights.plane : weights.beyond;
}

double piece_weight(const Weights& weights, std::string_view piece)
{
    double sum = 0;
    for (std::size_t at = 0; at < piece.size();) {
        const auto [code, end] = character_at(piece, at);
        sum += weight(weights, code);
        at = end;
    }
    return sum;
}

}  // namespace

std::int64_t estimate_tokens(EncodingKind kind, std::string_view text)
{
    if (text.empty()) return 0;
    const auto& weights = kind == EncodingKind::o200k_base ? o200k_weights : cl100k_weights;
    std::string storage;
    Splitter pieces(kind, as_utf8(text, storage));
    double sum = 1;  // in a short text one odd word weighs too much
    for (auto piece = pieces.next(); !piece.empty(); piece = pieces.next())
        sum += std::max(1.0, piece_weight(weights, piece));
    return static_cast<std::int64_t>(std::ceil(sum));
}

}  // namespace sluice
