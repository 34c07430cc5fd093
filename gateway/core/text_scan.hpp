#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/// Passing over text as JSON strings hold it.
namespace sluice::json {

/// As pass_plain below, for text that has turned out to be long: with the widest vectors that this
/// processor has.
const char* pass_plain_long(const char* p, const char* end);

/// As pass_plain below, for a few bytes: eight at a time, the last of them filled up with
/// spaces. A byte of `special` has its top bit set where that of the text is none of the plain
/// ones.
inline const char* pass_plain_short(const char* p, const char* end)
{
    static_assert(std::endian::native == std::endian::little);
    constexpr std::uint64_t ones = 0x0101010101010101;
    constexpr std::uint64_t tops = 0x8080808080808080;
    while (p != end) {
        const auto size = static_cast<std::size_t>(std::min<std::ptrdiff_t>(end - p, 8));
        std::uint64_t chunk = ones * ' ';
        std::memcpy(&chunk, p, size);
        const auto zero_at = [&](char c) {
            const auto x = chunk ^ (ones * static_cast<unsigned char>(c));
            return (x - ones) & ~x;
        };
        const auto special = (zero_at('"') | zero_at('\\') | (chunk - ones * ' ') | chunk) & tops;
        if (special) return p + std::countr_zero(special) / 8;
        p += size;
    }
    return end;
}

/// The first byte of [p, end) that a JSON string cannot hold as it is or that begins no ASCII
/// character: a quote, a backslash, a control character, or a byte from 0x80 on.
inline const char* pass_plain(const char* p, const char* end)
{
#if defined(__SSE2__)
    const __m128i quote = _mm_set1_epi8('"');
    const __m128i backslash = _mm_set1_epi8('\\');
    const __m128i space = _mm_set1_epi8(' ');
    for (const char* const begin = p; end - p >= 16; p += 16) {
        if (p - begin == 64) return pass_plain_long(p, end);
        const __m128i chunk = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
        // The comparison is signed, so "less than a space" includes the bytes from 0x80 on.
        const __m128i special = _mm_or_si128(
            _mm_or_si128(_mm_cmpeq_epi8(chunk, quote), _mm_cmpeq_epi8(chunk, backslash)),
            _mm_cmplt_epi8(chunk, space)
        );
        if (const auto mask = static_cast<unsigned>(_mm_movemask_epi8(special)))
            return p + std::countr_zero(mask);
    }
#endif
    return pass_plain_short(p, end);
}

/// The length of the well-formed UTF-8 character of several bytes that begins at p; 0 where none
/// does (overlong forms, surrogates and what lies past U+10FFFF are none). Needs p != end.
inline std::size_t utf8_length(const char* p, const char* end)
{
    const auto byte = [p](int i) { return static_cast<unsigned char>(p[i]); };
    const auto follows = [&](int i) { return (byte(i) & 0xC0) == 0x80; };
    const auto left = end - p;
    const unsigned lead = byte(0);
    if (lead < 0xC2) return 0;
    if (lead < 0xE0) return left >= 2 && follows(1) ? 2 : 0;
    if (lead < 0xF0) {
        if (left < 3 || !follows(1) || !follows(2)) return 0;
        const bool overlong = lead == 0xE0 && byte(1) < 0xA0;
        const bool surrogate = lead == 0xED && byte(1) >= 0xA0;
        return overlong || surrogate ? 0 : 3;
    }
    if (lead > 0xF4 || left < 4 || !follows(1) || !follows(2) || !follows(3)) return 0;
    const bool overlong = lead == 0xF0 && byte(1) < 0x90;
    const bool too_large = lead == 0xF4 && byte(1) >= 0x90;
    return overlong || too_large ? 0 : 4;
}

/// Passes over well-formed characters of several bytes, and stops at ASCII or where UTF-8 is
/// broken.
inline const char* pass_multibyte(const char* p, const char* end)
{
    while (p != end && static_cast<signed char>(*p) < 0) {
        const auto length = utf8_length(p, end);
        if (length == 0) break;
        p += length;
    }
    return p;
}

}  // namespace sluice::json
