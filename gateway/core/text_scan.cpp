#include "core/text_scan.hpp"

#include <cstdint>
#include <cstring>

#if defined(__SSE2__)
#include <immintrin.h>
#endif

namespace sluice::json {

namespace {

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

}  // namespace sluice::json
