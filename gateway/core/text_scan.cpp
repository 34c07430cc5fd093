#include "core/text_scan.hpp"

#include "core/hex.hpp"

#include <array>
#include <cstdint>
#include <cstring>

#if defined(__SSE2__)
#include <immintrin.h>
#endif

namespace sluice::json {

namespace {

/// The code unit of the escape \uXXXX that begins at p; -1 where none does.
int code_unit(const char* p, const char* end)
{
    if (end - p < 6 || p[0] != '\\' || p[1] != 'u') return -1;
    int unit = 0;
    for (int i = 2; i < 6; ++i) {
        const int digit = hex_digit(p[i]);
        if (digit < 0) return -1;
        unit = unit * 16 + digit;
    }
    return unit;
}

/// The escapes of two characters, by the second.
constexpr auto short_escapes = [] {
    std::array<bool, 256> set{};
    for (const char c : {'"', '\\', '/', 'b', 'f', 'n', 'r', 't'})
        set[static_cast<unsigned char>(c)] = true;
    return set;
}();

bool is_short_escape(const char* p)
{
    return p[0] == '\\' && short_escapes[static_cast<unsigned char>(p[1])];
}

/// The length of the escape that begins at p, a surrogate pair being one; 0 where it is wrong.
std::size_t escape_length(const char* p, const char* end)
{
    if (end - p < 2) return 0;
    if (is_short_escape(p)) return 2;
    const int unit = code_unit(p, end);
    if (unit < 0) return 0;
    if (unit < 0xD800 || unit > 0xDFFF) return 6;
    const int low = code_unit(p + 6, end);
    return unit < 0xDC00 && low >= 0xDC00 && low <= 0xDFFF ? 12 : 0;
}

/// Passes over the escape or the characters beyond ASCII that begin at p; p itself where neither
/// does, or it is malformed.
const char* pass_special(const char* p, const char* end, bool& escaped)
{
    if (*p != '\\') return pass_multibyte(p, end);
    const auto length = escape_length(p, end);
    escaped |= length > 0;
    return p + length;
}

/// As pass_plain, for a few bytes, eight at a time. A byte of `special` has its top bit set where
/// that of the text is none of the plain ones.
const char* pass_plain_short(const char* p, const char* end)
{
    static_assert(std::endian::native == std::endian::little);
    constexpr std::uint64_t ones = 0x0101010101010101;
    constexpr std::uint64_t tops = 0x8080808080808080;
    for (; end - p >= 8; p += 8) {
        std::uint64_t chunk = 0;
        std::memcpy(&chunk, p, sizeof chunk);
        const auto zero_at = [&](char c) {
            const auto x = chunk ^ (ones * static_cast<unsigned char>(c));
            return (x - ones) & ~x;
        };
        const auto special = (zero_at('"') | zero_at('\\') | (chunk - ones * ' ') | chunk) & tops;
        if (special) return p + std::countr_zero(special) / 8;
    }
    const auto is_plain = [](char c) {
        return static_cast<signed char>(c) >= ' ' && c != '"' && c != '\\';
    };
    while (p != end && is_plain(*p)) ++p;
    return p;
}

#if defined(__SSE2__)

__attribute__((target("avx2"))) const char* pass_plain_avx2(const char* p, const char* end)
{
    const __m256i quote = _mm256_set1_epi8('"');
    const __m256i backslash = _mm256_set1_epi8('\\');
    const __m256i space = _mm256_set1_epi8(' ');
    const auto special_in = [&](const char* at) __attribute__((target("avx2"))) {
        const __m256i chunk = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at));
        return _mm256_or_si256(
            _mm256_or_si256(_mm256_cmpeq_epi8(chunk, quote), _mm256_cmpeq_epi8(chunk, backslash)),
            _mm256_cmpgt_epi8(space, chunk)
        );
    };
    for (; end - p >= 64; p += 64) {
        const __m256i first = special_in(p);
        const __m256i second = special_in(p + 32);
        if (_mm256_testz_si256(_mm256_or_si256(first, second), _mm256_set1_epi8(-1))) continue;
        const std::uint64_t mask =
            static_cast<std::uint32_t>(_mm256_movemask_epi8(first)) |
            std::uint64_t{static_cast<std::uint32_t>(_mm256_movemask_epi8(second))} << 32;
        return p + std::countr_zero(mask);
    }
    for (; end - p >= 32; p += 32)
        if (const auto mask = static_cast<std::uint32_t>(_mm256_movemask_epi8(special_in(p))))
            return p + std::countr_zero(mask);
    return pass_plain_short(p, end);
}

/// As pass_text, up to where no more than 64 bytes are left. What a block has of special bytes is
/// known at once, so that an escape does not make it begin anew.
__attribute__((target("avx2"))) const char* pass_text_avx2(
    const char* p, const char* end, bool& escaped
)
{
    const __m256i quote = _mm256_set1_epi8('"');
    const __m256i backslash = _mm256_set1_epi8('\\');
    const __m256i space = _mm256_set1_epi8(' ');
    const auto special_in = [&](const char* at) __attribute__((target("avx2"))) {
        const __m256i chunk = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at));
        const __m256i special = _mm256_or_si256(
            _mm256_or_si256(_mm256_cmpeq_epi8(chunk, quote), _mm256_cmpeq_epi8(chunk, backslash)),
            _mm256_cmpgt_epi8(space, chunk)
        );
        return static_cast<std::uint32_t>(_mm256_movemask_epi8(special));
    };
    constexpr std::ptrdiff_t block_size = 64;
    while (end - p > block_size) {
        const char* const block = p;
        auto specials = special_in(block) | std::uint64_t{special_in(block + 32)} << 32;
        p += block_size;
        while (specials != 0) {
            const char* const at = block + std::countr_zero(specials);
            if (*at == '"') return at;
            const char* after = at + 2;
            if (is_short_escape(at))
                escaped = true;
            else if (after = pass_special(at, end, escaped); after == at)
                return at;
            if (after - block >= block_size) {
                p = after;
                break;
            }
            specials &= ~std::uint64_t{0} << (after - block);
        }
    }
    return p;
}

const bool has_avx2 = __builtin_cpu_supports("avx2");

#endif

}  // namespace

const char* pass_plain(const char* p, const char* end)
{
#if defined(__SSE2__)
    for (const char* const begin = p; end - p >= 16; p += 16) {
        if (p - begin == 64 && has_avx2) return pass_plain_avx2(p, end);
        if (const char* special = special_among_16(p, end)) return special;
    }
#endif
    return pass_plain_short(p, end);
}

const char* pass_text(const char* p, const char* end, bool& escaped)
{
#if defined(__SSE2__)
    if (has_avx2) p = pass_text_avx2(p, end, escaped);
    if (p != end && *p == '"') return p;
#endif
    while ((p = pass_plain(p, end)) != end) {
        const char* const after = pass_special(p, end, escaped);
        if (after == p) break;
        p = after;
    }
    return p;
}

}  // namespace sluice::json
