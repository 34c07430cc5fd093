#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/// What may stand where in an HTTP head (RFC 9110, 5.5 and 5.6.2).
namespace sluice {

namespace detail {

constexpr std::uint64_t all_bytes(unsigned char byte)
{
    return std::uint64_t{0x0101010101010101} * byte;
}

constexpr std::uint64_t load_8(const char* from)
{
    std::array<char, 8> bytes{};
    if consteval {
        std::copy_n(from, 8, bytes.begin());
    } else {
        std::memcpy(bytes.data(), from, 8);
    }
    return std::bit_cast<std::uint64_t>(bytes);
}

/// Where eight bytes and eight others differ in more than the case of a letter: not 0.
constexpr std::uint64_t differ(std::uint64_t a, std::uint64_t b)
{
    const auto bits = a ^ b;
    if (bits == 0) return 0;
    const auto lower = (a | all_bytes(0x20)) & all_bytes(0x7f);
    const auto from_a = lower + all_bytes(0x80 - 'a');
    const auto past_z = lower + all_bytes(0x7f - 'z');
    const auto letters = (from_a ^ past_z) & ~a & all_bytes(0x80);
    return bits ^ (bits & (letters >> 2));
}

constexpr bool same_letters(const char* a, const char* b, std::size_t size)
{
    if (size < 8) {
        for (std::size_t i = 0; i < size; ++i) {
            const auto one = static_cast<unsigned char>(a[i]);
            if (differ(one, static_cast<unsigned char>(b[i])) != 0) return false;
        }
        return true;
    }
    for (std::size_t i = 0; i + 8 < size; i += 8)
        if (differ(load_8(a + i), load_8(b + i)) != 0) return false;
    return differ(load_8(a + size - 8), load_8(b + size - 8)) == 0;
}

/// Bit i: byte i of the 16 at `bytes` is one of first to last.
inline unsigned among_16(const char* bytes, unsigned char first, unsigned char last)
{
#if defined(__SSE2__)
    const auto all = [](int byte) { return _mm_set1_epi8(static_cast<char>(byte)); };
    const auto chunk = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes));
    const auto above = _mm_sub_epi8(chunk, all(first));
    const auto in_range = _mm_cmpeq_epi8(_mm_min_epu8(above, all(last - first)), above);
    return static_cast<unsigned>(_mm_movemask_epi8(in_range));
#else
    unsigned mask = 0;
    for (unsigned i = 0; i < 16; ++i) {
        const auto byte = static_cast<unsigned char>(bytes[i]);
        mask |= unsigned{byte >= first && byte <= last} << i;
    }
    return mask;
#endif
}

}  // namespace detail

/// ASCII case-insensitive equality, as header names compare.
constexpr bool iequals(std::string_view a, std::string_view b)
{
    return a.size() == b.size() && detail::same_letters(a.data(), b.data(), a.size());
}

/// Without the blanks around it.
constexpr std::string_view trimmed(std::string_view text)
{
    constexpr auto is_blank = [](char c) { return (c == ' ') | (c == '\t'); };
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
    return text;
}

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

/// The size of the token that begins the text, a field's name.
inline std::size_t token_size(std::string_view text)
{
    if (text.size() >= 16) {  // most are letters and dashes
        const auto* p = text.data();
        const auto mask = detail::among_16(p, 'a', 'z') | detail::among_16(p, 'A', 'Z') |
                          detail::among_16(p, '-', '-');
        const auto size = static_cast<std::size_t>(std::countr_one(mask));
        if (size < 16 && text[size] == ':') return size;
    }
    return span_of(text, token_chars);
}

/// find_first() of fewer than 16 bytes; apart, since to look through more takes no memory.
[[gnu::noinline]] std::size_t find_first_of_few(std::string_view text, auto mask_of)
{
    std::array<char, 16> bytes;
    bytes.fill('a');
    text.copy(bytes.data(), text.size());
    const auto mask = mask_of(bytes.data()) | 1u << bytes.size();
    return std::min(static_cast<std::size_t>(std::countr_zero(mask)), text.size());
}

/// Where the first byte stands that mask_of, which is given 16 of them, has a bit for; the text's
/// size where there is none.
std::size_t find_first(std::string_view text, auto mask_of)
{
    constexpr std::size_t width = 16;
    if (text.size() < width) return find_first_of_few(text, mask_of);
    const auto first_of = [](unsigned mask) {
        return static_cast<std::size_t>(std::countr_zero(mask));
    };
    for (std::size_t at = 0; at + width < text.size(); at += width)
        if (const auto mask = mask_of(text.data() + at)) return at + first_of(mask);
    const auto last = text.size() - width;  // some of these have been looked at
    return last + first_of(mask_of(text.data() + last) | 1u << width);
}

/// Where the first control character stands, DEL included but not tab: the only ones in a line are
/// the two that end it. The text's size where there is none.
inline std::size_t find_control(std::string_view text)
{
    return find_first(text, [](const char* bytes) {
        using detail::among_16;
        return among_16(bytes, 0, 8) | among_16(bytes, 10, 31) | among_16(bytes, 127, 127);
    });
}

/// How many characters at the beginning of the text are neither blank nor control, and ASCII.
inline std::size_t visible_size(std::string_view text)
{
    return find_first(text, [](const char* bytes) {
        return detail::among_16(bytes, 0x21, 0x7e) ^ 0xffffu;
    });
}

/// A request target as a gateway takes and sends it: from the root, and nothing to be escaped.
inline bool is_path(std::string_view text)
{
    return text.starts_with('/') && visible_size(text) == text.size();
}

inline bool has_control(std::string_view text)
{
    return find_control(text) < text.size();
}

}  // namespace sluice
