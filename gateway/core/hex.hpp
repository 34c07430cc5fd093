#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace sluice {

/// The value of a hexadecimal digit; -1 where it is none.
constexpr int hex_digit(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/// Two lower-case digits a byte.
inline std::string to_hex(std::span<const std::uint8_t> bytes)
{
    constexpr char digits[] = "0123456789abcdef";
    std::string out;
    out.resize(bytes.size() * 2);
    auto at = out.begin();
    for (const auto byte : bytes) {
        *at++ = digits[byte >> 4];
        *at++ = digits[byte & 15];
    }
    return out;
}

}  // namespace sluice
