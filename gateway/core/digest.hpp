#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace sluice {

std::array<std::uint8_t, 32> sha256(std::string_view text);
/// 64 lower-case hexadecimal digits.
std::string sha256_hex(std::string_view text);

/// Equality that takes the same time wherever two texts of one length differ.
bool equal_constant_time(std::string_view a, std::string_view b);

}  // namespace sluice
