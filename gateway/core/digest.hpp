#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace sluice {

using Digest = std::array<std::uint8_t, 32>;

Digest sha256(std::string_view text);
/// 64 lower-case hexadecimal digits.
std::string sha256_hex(std::string_view text);
/// The digest that these digits stand for; throws std::invalid_argument where they stand for none.
Digest digest_of(std::string_view hex);

/// Equality that takes the same time wherever the two differ.
bool equal_constant_time(const Digest& a, const Digest& b);

}  // namespace sluice
