#include "tokens/char_class.hpp"

#include <array>
#include <unicode/uchar.h>

namespace sluice::char_class {
namespace {

constexpr Set of_ascii(char c)
{
    if (c >= 'A' && c <= 'Z') return upper;
    if (c >= 'a' && c <= 'z') return lower;
    if (c >= '0' && c <= '9') return number;
    if (c == '\r' || c == '\n') return newline;
    if (c == ' ' || c == '\t' || c == '\v' || c == '\f') return blank;
    return c == '/' ? slash : other;
}

constexpr auto ascii = [] {
    std::array<Set, 128> table{};
    for (std::size_t i = 0; i < table.size(); ++i) table[i] = of_ascii(static_cast<char>(i));
    return table;
}();

}  // namespace

Set of(char32_t character)
{
    if (character < ascii.size()) return ascii[character];
    const auto code = static_cast<UChar32>(character);
    const auto category = U_MASK(u_charType(code));
    if (category & (U_GC_LU_MASK | U_GC_LT_MASK)) return upper;
    if (category & U_GC_LL_MASK) return lower;
    if (category & (U_GC_LM_MASK | U_GC_LO_MASK)) return caseless;
    if (category & U_GC_M_MASK) return mark;
    if (category & U_GC_N_MASK) return number;
    return u_hasBinaryProperty(code, UCHAR_WHITE_SPACE) ? blank : other;
}

}  // namespace sluice::char_class
