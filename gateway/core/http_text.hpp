#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

/// What may stand where in an HTTP head (RFC 9110, 5.5 and 5.6.2).
namespace sluice {

using CharSet = std::array<bool, 256>;

constexpr CharSet alphanumeric_and(std::string_view others)
{
    CharSet set{};
    for (int c = '0'; c <= '9'; ++c) set[static_cast<unsigned char>(c)] = true;
    for (int c = 'a'; c <= 'z'; ++c) set[static_cast<unsigned char>(c)] = true;
    for (int c = 'A'; c <= 'Z'; ++c) set[static_cast<unsigned char>(c)] = true;
    for (const char c : others) set[static_cast<unsigned char>(c)] = true;
    return set;
}
inline constexpr CharSet token_chars = alphanumeric_and("!#$%&'*+-.^_`|~");

/// How many characters at the beginning of the text are of the set.
constexpr std::size_t span_of(std::string_view text, const CharSet& set)
{
    std::size_t n = 0;
    while (n < text.size() && set[static_cast<unsigned char>(text[n])]) ++n;
    return n;
}

constexpr bool is_token(std::string_view text)
{
    return !text.empty() && span_of(text, token_chars) == text.size();
}

/// True where a byte is a control character, DEL included, but tab: no value of a field may hold
/// one.
inline bool has_control(std::string_view text)
{
    constexpr auto is_control = [](char c) {
        return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
    };
    if (text.size() < 8) return std::ranges::any_of(text, is_control);
    // Eight at a time, the last eight overlapping. Tabs count too at first; they are rare.
    constexpr std::uint64_t ones = 0x0101010101010101;
    constexpr std::uint64_t tops = 0x8080808080808080;
    std::uint64_t found = 0;
    const auto look = [&](const char* at) {
        std::uint64_t chunk = 0;
        std::memcpy(&chunk, at, sizeof chunk);
        const auto del = chunk ^ (ones * 0x7f);
        found |= ((chunk - ones * 0x20) & ~chunk) | ((del - ones) & ~del);
    };
    const char* const last = text.data() + text.size() - 8;
    for (const char* at = text.data(); at < last; at += 8) look(at);
    look(last);
    return (found & tops) != 0 && std::ranges::any_of(text, is_control);
}

}  // namespace sluice
