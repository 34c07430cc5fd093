#pragma once

#include <cstdint>

/// The kinds of characters that the split patterns tell apart. Each character is of exactly one
/// kind; a set of kinds is the union of their bits.
namespace sluice::char_class {

using Set = std::uint16_t;

inline constexpr Set upper = 1 << 0;     // \p{Lu} \p{Lt}
inline constexpr Set lower = 1 << 1;     // \p{Ll}
inline constexpr Set caseless = 1 << 2;  // \p{Lm} \p{Lo}
inline constexpr Set mark = 1 << 3;      // \p{M}
inline constexpr Set number = 1 << 4;    // \p{N}
inline constexpr Set newline = 1 << 5;   // \r \n
inline constexpr Set blank = 1 << 6;     // what else is \s, that is White_Space
inline constexpr Set slash = 1 << 7;     // /
inline constexpr Set other = 1 << 8;

inline constexpr Set letter = upper | lower | caseless;  // \p{L}
inline constexpr Set space = newline | blank;            // \s
inline constexpr Set symbol = mark | slash | other;      // [^\s\p{L}\p{N}]

Set of(char32_t character);

}  // namespace sluice::char_class
