#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

/// What may stand where in an HTTP head (RFC 9110, 5.5 and 5.6.2).
namespace sluice {

using CharSet = std::array<bool, 256>;

constexpr CharSet alphanumeric_and(std::string_view others)
{
    CharSet set{};
    for (int c = '0'; c <= '9'; ++c) set[static_cast<unsigned char>(c)] = true;
    for (int c = 'a'; c <= 'z'; ++c) set[static_cast<unsigned char>(c)] = true;
    for (int c = 'A'; c <= 'Z'; ++c) set[static_cast<unsigned char>(c)] = true;
    for (const char c : others) set[static_cast<unsigned char>(c)] = true;
    return set;
}
inline constexpr CharSet token_chars = alphanumeric_and("!#$%&'*+-.^_`|~");
inline constexpr CharSet visible_chars = [] {
    CharSet set{};
    for (std::size_t c = 0x21; c < 0x7f; ++c) set[c] = true;
    return set;
}();

/// How many characters at the beginning of the text are of the set.
constexpr std::size_t span_of(std::string_view text, const CharSet& set)
{
    const auto has = [&](std::size_t i) {
        return unsigned{set[static_cast<unsigned char>(text[i])]};
    };
    std::size_t n = 0;
    while (n + 4 <= text.size() && (has(n) & has(n + 1) & has(n + 2) & has(n + 3))) n += 4;
    while (n < text.size() && has(n)) ++n;
    return n;
}

constexpr bool is_token(std::string_view text)
{
    return !text.empty() && span_of(text, token_chars) == text.size();
}

/// A request target as a gateway takes and sends it: from the root, and nothing to be escaped.
constexpr bool is_path(std::string_view text)
{
    return text.starts_with('/') && span_of(text, visible_chars) == text.size();
}

/// Where the first control character stands, DEL included but not tab: the only ones in a line are
/// the two that end it. The text's size where there is none.
inline std::size_t find_control(std::string_view text)
{
    static_assert(std::endian::native == std::endian::little);
    constexpr std::uint64_t ones = 0x0101010101010101;
    constexpr std::uint64_t tops = 0x8080808080808080;
    std::size_t at = 0;
    while (text.size() - at >= 8) {
        std::uint64_t chunk = 0;
        std::memcpy(&chunk, text.data() + at, 8);
        const auto del = chunk ^ (ones * 0x7f);
        const auto found = (((chunk - ones * ' ') & ~chunk) | ((del - ones) & ~del)) & tops;
        at += found == 0 ? 8 : static_cast<std::size_t>(std::countr_zero(found)) / 8;
        if (found == 0) continue;
        if (text[at] != '\t') return at;
        ++at;
    }
    for (; at < text.size(); ++at) {
        const auto byte = static_cast<unsigned char>(text[at]);
        if ((byte < ' ' && byte != '\t') || byte == 0x7f) break;
    }
    return at;
}

inline bool has_control(std::string_view text)
{
    return find_control(text) < text.size();
}

}  // namespace sluice
