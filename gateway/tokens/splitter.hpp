#pragma once

#include "tokens/char_class.hpp"

#include <cstddef>
#include <string_view>

namespace sluice {

/// The encodings with published ranks.
enum class EncodingKind { o200k_base, cl100k_base };

/// Cuts a text into the pieces that an encoding merges each by itself: what its published pattern
/// matches one after another, decided by hand in time proportional to the text.
///
///     Splitter pieces(kind, text);
///     for (auto piece = pieces.next(); !piece.empty(); piece = pieces.next()) ...
class Splitter {
public:
    /// The text must be UTF-8 and outlive the splitter.
    Splitter(EncodingKind kind, std::string_view text) : kind_(kind), text_(text) {}

    /// The next piece; empty at the end. The pieces are the text, none left out.
    std::string_view next();

private:
    EncodingKind kind_;
    std::string_view text_;
    std::size_t at_ = 0;

    // Each takes where an alternative of the pattern may begin and gives where its match ends;
    // the same place: no match. run() takes as many characters of a set as there are.
    std::size_t run(std::size_t from, char_class::Set set, std::size_t most = -1uz) const;
    std::size_t contraction(std::size_t from) const;
    std::size_t word(std::size_t from) const;
    std::size_t cased_word(std::size_t from) const;
    std::size_t lower_ended(std::size_t from) const;
    std::size_t symbols(std::size_t from) const;
    std::size_t spaces(std::size_t from) const;
    std::size_t match_o200k(std::size_t from) const;
    std::size_t match_cl100k(std::size_t from) const;
};

}  // namespace sluice
