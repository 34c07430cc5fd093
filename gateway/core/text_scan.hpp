#pragma once

#include <bit>
#include <cstddef>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/// Passing over text as JSON strings hold it.
namespace sluice::json {

/// The first of the 16 bytes at p that is none of the plain ones, as below; nullptr where all are.
inline const char* special_in_16(const char* p)
{
#if defined(__SSE2__)
    const __m128i chunk = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    // The comparison is signed, so "less than a space" includes the bytes from 0x80 on.
    const __m128i special = _mm_or_si128(
        _mm_or_si128(
            _mm_cmpeq_epi8(chunk, _mm_set1_epi8('"')), _mm_cmpeq_epi8(chunk, _mm_set1_epi8('\\'))
        ),
        _mm_cmplt_epi8(chunk, _mm_set1_epi8(' '))
    );
    const auto mask = static_cast<unsigned>(_mm_movemask_epi8(special));
    return mask ? p + std::countr_zero(mask) : nullptr;
#else
    return nullptr;
#endif
}

/// The same; nullptr too where fewer bytes are left. Most strings are keys and words, and end here.
inline const char* special_among_16(const char* p, const char* end)
{
    return end - p < 16 ? nullptr : special_in_16(p);
}

/// The same of the 32 bytes at p, or of the first 16 where fewer than 32 are left.
inline const char* special_among_32(const char* p, const char* end)
{
    if (const char* const special = special_among_16(p, end)) return special;
    return end - p < 32 ? nullptr : special_among_16(p + 16, end);
}

/// The first byte of [p, end) that a JSON string cannot hold as it is or that begins no ASCII
/// character: a quote, a backslash, a control character, or a byte from 0x80 on.
const char* pass_plain(const char* p, const char* end);

/// Passes over the text of a JSON string: characters and escapes. Stops at the closing quote, at
/// what is malformed, or at the end; `escaped` becomes true where there were escapes.
const char* pass_text(const char* p, const char* end, bool& escaped);

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
