#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
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

/// Writes two lower-case digits a byte, and returns where they end.
inline char* write_hex(char* out, std::span<const std::uint8_t> bytes)
{
    static constexpr auto digits = [] {
        std::array<char, 512> pairs{};
        for (std::size_t byte = 0; byte < 256; ++byte) {
            pairs[2 * byte] = "0123456789abcdef"[byte >> 4];
            pairs[2 * byte + 1] = "0123456789abcdef"[byte & 15];
        }
        return pairs;
    }();
    for (const auto byte : bytes) {
        std::memcpy(out, &digits[2u * byte], 2);
        out += 2;
    }
    return out;
}

/// The same as text.
inline std::string to_hex(std::span<const std::uint8_t> bytes)
{
    std::string out(bytes.size() * 2, '\0');
    write_hex(out.data(), bytes);
    return out;
}

}  // namespace sluice
