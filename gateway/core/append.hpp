#pragma once

#include <array>
#include <charconv>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>

namespace sluice {

/// A whole number in another base, as text.
class Digits {
public:
    Digits(std::integral auto number, int base)
    {
        end_ = std::to_chars(text_.data(), text_.data() + text_.size(), number, base).ptr;
    }
    Digits(const Digits&) = delete;
    Digits& operator=(const Digits&) = delete;

    operator std::string_view() const { return {text_.data(), end_}; }

private:
    std::array<char, 64> text_;
    const char* end_ = nullptr;
};

/// What a text may be made of: a literal, whose size the compiler knows, other text, a character, a
/// number (null where it is not finite, as JSON has it). Each has the room it takes at most, and
/// put(), which returns where it ends.
namespace part {

template <class Number>
concept Whole = std::integral<Number> && !std::same_as<Number, char> && !std::same_as<Number, bool>;

template <std::size_t n>
constexpr std::size_t room(const char (&)[n])
{
    return n - 1;
}
constexpr std::size_t room(std::string_view text)
{
    return text.size();
}
constexpr std::size_t room(std::same_as<char> auto)
{
    return 1;
}
constexpr std::size_t room(Whole auto)
{
    return 20;
}
constexpr std::size_t room(std::same_as<double> auto)
{
    return 24;  // -1.2345678901234567e-308
}

template <std::size_t n>
char* put(char* to, const char (&literal)[n])
{
    std::memcpy(to, literal, n - 1);
    return to + n - 1;
}
inline char* put(char* to, std::string_view text)
{
    return to + text.copy(to, text.size());
}
char* put(char* to, std::same_as<char> auto c)
{
    *to = c;
    return to + 1;
}
/// Most numbers are short.
template <Whole Number>
char* put(char* to, Number number)
{
    constexpr auto digit = [](auto n) { return static_cast<char>('0' + n % 10); };
    if (number < 0 || number > 999) return std::to_chars(to, to + room(number), number).ptr;
    if (number > 99) *to++ = digit(number / 100);
    if (number > 9) *to++ = digit(number / 10);
    *to = digit(number);
    return to + 1;
}
char* put(char* to, std::same_as<double> auto number)
{
    return std::isfinite(number) ? std::to_chars(to, to + room(number), number).ptr
                                 : put(to, "null");
}

}  // namespace part

/// Appends parts, none of them a view of `out`, with one look at the memory for all.
template <class... Parts>
void append_all(std::string& out, const Parts&... parts)
{
    const auto before = out.size();
    const auto most = before + (part::room(parts) + ...);
    out.resize_and_overwrite(most, [&](char* text, std::size_t) {
        char* to = text + before;
        ((to = part::put(to, parts)), ...);
        return static_cast<std::size_t>(to - text);
    });
}

}  // namespace sluice
