#include "tokens/splitter.hpp"

#include "tokens/utf8.hpp"

namespace sluice {
namespace {

using namespace char_class;

// What may begin and what may end a word of o200k_base. They overlap in whatever has no case.
constexpr Set word_front = upper | caseless | mark;
constexpr Set word_back = lower | caseless | mark;

/// [^\r\n\p{L}\p{N}]: the one character that a word takes along in front.
constexpr Set word_prefix = symbol | blank;

constexpr char lower_case(char c)
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

}  // namespace

std::size_t Splitter::run(std::size_t from, Set set, std::size_t most) const
{
    for (; most > 0 && from < text_.size(); --most) {
        const auto [code, end] = character_at(text_, from);
        if (!(of(code) & set)) break;
        from = end;
    }
    return from;
}

/// (?i:'s|'t|'re|'ve|'m|'ll|'d)
std::size_t Splitter::contraction(std::size_t from) const
{
    const auto rest = text_.substr(from, 3);
    if (rest.size() < 2 || rest[0] != '\'') return from;
    const char first = lower_case(rest[1]);
    if (first == 's' || first == 't' || first == 'm' || first == 'd') return from + 2;
    if (rest.size() < 3) return from;
    const char second = lower_case(rest[2]);
    const bool two = (first == 'r' && second == 'e') || (first == 'v' && second == 'e') ||
                     (first == 'l' && second == 'l');
    // U+017F, the long s, is an s to those who ignore case.
    return two || rest.substr(1) == "\xC5\xBF" ? from + 3 : from;
}

/// [^\r\n\p{L}\p{N}]?\p{L}+
std::size_t Splitter::word(std::size_t from) const
{
    const auto letters = run(from, word_prefix, 1);
    const auto end = run(letters, letter);
    return end > letters ? end : from;
}

/// [\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+
std::size_t Splitter::lower_ended(std::size_t from) const
{
    // The first run is greedy. Where nothing follows it that can end a word, it gives back all
    // that stands behind its last character without case: that one ends the word.
    auto end = from, given_back = from;
    while (end < text_.size()) {
        const auto [code, next] = character_at(text_, end);
        const auto kind = of(code);
        if (!(kind & word_front)) break;
        end = next;
        if (kind & word_back) given_back = end;
    }
    const auto back = run(end, word_back);
    return back > end ? back : given_back;
}

/// Both forms of a word in o200k_base, with the prefix and the contraction that each may have.
std::size_t Splitter::cased_word(std::size_t from) const
{
    const auto prefixed = run(from, word_prefix, 1);
    // A mark is a prefix and a part of words as well, so that both readings are to be tried.
    for (const auto start : {prefixed, from})
        if (const auto end = lower_ended(start); end > start) return contraction(end);
    const auto end = run(prefixed, word_front);
    return end > prefixed ? contraction(end) : from;
}

///  ?[^\s\p{L}\p{N}]+[\r\n/]*, cl100k_base without the slash
std::size_t Splitter::symbols(std::size_t from) const
{
    const auto start = text_[from] == ' ' ? from + 1 : from;
    const auto end = run(start, symbol);
    if (end == start) return from;
    return run(end, kind_ == EncodingKind::o200k_base ? newline | slash : newline);
}

/// \s*[\r\n]+|\s+(?!\S)|\s+
std::size_t Splitter::spaces(std::size_t from) const
{
    auto end = from, last = from, after_newline = from;
    while (end < text_.size()) {
        const auto [code, next] = character_at(text_, end);
        const auto kind = of(code);
        if (!(kind & space)) break;
        last = end;
        end = next;
        if (kind & newline) after_newline = end;
    }
    if (after_newline > from) return after_newline;
    // The last one goes with the word behind it, unless it stands alone.
    return end < text_.size() && last > from ? last : end;
}

std::size_t Splitter::match_o200k(std::size_t from) const
{
    if (const auto end = cased_word(from); end > from) return end;
    if (const auto end = run(from, number, 3); end > from) return end;
    if (const auto end = symbols(from); end > from) return end;
    return spaces(from);
}

std::size_t Splitter::match_cl100k(std::size_t from) const
{
    if (const auto end = contraction(from); end > from) return end;
    if (const auto end = word(from); end > from) return end;
    if (const auto end = run(from, number, 3); end > from) return end;
    if (const auto end = symbols(from); end > from) return end;
    return spaces(from);
}

std::string_view Splitter::next()
{
    if (at_ == text_.size()) return {};
    const auto from = at_;
    at_ = kind_ == EncodingKind::o200k_base ? match_o200k(from) : match_cl100k(from);
    return text_.substr(from, at_ - from);
}

}  // namespace sluice
