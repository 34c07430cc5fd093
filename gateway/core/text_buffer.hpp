#pragma once

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <type_traits>
#include <utility>

namespace sluice {

/// Text in the making. Pieces are copied in place, those of known length without a call, and the
/// memory stays for the next text.
class TextBuffer {
public:
    std::string_view text() const { return {memory_.get(), size_}; }
    std::size_t capacity() const { return capacity_; }
    void clear() { size_ = 0; }

    /// Each part: a literal, a string_view, or a char.
    template <class... Parts>
    void append(const Parts&... parts)
    {
        reserve((size_of(parts) + ...));
        (put(parts), ...);
    }
    /// As JSON has it: null where it is not finite.
    template <class Number>
    void append_number(Number value)
    {
        if constexpr (std::is_floating_point_v<Number>)
            if (!std::isfinite(value)) return append("null");
        constexpr std::size_t longest = 32;
        reserve(longest);
        char* const at = memory_.get() + size_;
        size_ += static_cast<std::size_t>(std::to_chars(at, at + longest, value).ptr - at);
    }

private:
    std::unique_ptr<char[]> memory_;
    std::size_t capacity_ = 0;
    std::size_t size_ = 0;

    static constexpr std::size_t size_of(char) { return 1; }
    static constexpr std::size_t size_of(std::string_view text) { return text.size(); }
    template <std::size_t n>
    static constexpr std::size_t size_of(const char (&)[n])
    {
        return n - 1;
    }

    void put(char c) { memory_[size_++] = c; }
    void put(std::string_view text) { size_ += text.copy(memory_.get() + size_, text.size()); }
    template <std::size_t n>
    void put(const char (&literal)[n])
    {
        std::memcpy(memory_.get() + size_, literal, n - 1);
        size_ += n - 1;
    }

    void reserve(std::size_t more)
    {
        if (capacity_ - size_ < more) [[unlikely]]
            grow(more);
    }
    void grow(std::size_t more)
    {
        const auto capacity = std::max({size_ + more, 2 * capacity_, std::size_t{1024}});
        auto larger = std::make_unique_for_overwrite<char[]>(capacity);
        if (size_ > 0) std::memcpy(larger.get(), memory_.get(), size_);
        memory_ = std::move(larger);
        capacity_ = capacity;
    }
};

}  // namespace sluice
