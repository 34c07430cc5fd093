#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string_view>

namespace sluice {

/// Text of at most `longest` bytes, kept in place: copied without memory from anywhere.
template <std::size_t longest>
class ShortText {
    static_assert(longest <= UINT8_MAX);

public:
    constexpr ShortText(const std::array<char, longest>& whole) : bytes_(whole), size_(longest) {}
    /// These throw where it becomes too long: what may be is no ShortText.
    constexpr ShortText() = default;
    template <std::convertible_to<std::string_view> Text>
        requires(!std::same_as<Text, ShortText>)
    constexpr ShortText(const Text& text)
    {
        *this += text;
    }
    constexpr ShortText& operator+=(std::string_view text)
    {
        if (text.size() > longest - size_) throw std::length_error("ShortText");
        text.copy(bytes_.data() + size_, text.size());
        size_ = static_cast<std::uint8_t>(size_ + text.size());
        return *this;
    }
    constexpr operator std::string_view() const { return {bytes_.data(), size_}; }
    constexpr std::string_view text() const { return *this; }
    constexpr bool empty() const { return size_ == 0; }

    constexpr bool operator==(const ShortText& other) const { return text() == other.text(); }
    template <std::convertible_to<std::string_view> Text>
        requires(!std::same_as<Text, ShortText>)
    constexpr bool operator==(const Text& other) const
    {
        return text() == std::string_view(other);
    }

private:
    std::array<char, longest> bytes_{};
    std::uint8_t size_ = 0;
};

}  // namespace sluice
