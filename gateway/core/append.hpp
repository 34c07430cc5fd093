#pragma once

#include <array>
#include <charconv>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

namespace sluice {

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

/// A whole number as text: in another base, or to be appended more than once.
class Digits {
public:
    explicit Digits(part::Whole auto number, int base = 10)
    {
        char* const text = text_.data();
        end_ = base == 10 ? part::put(text, number)
                          : std::to_chars(text, text + text_.size(), number, base).ptr;
    }
    Digits(const Digits&) = delete;
    Digits& operator=(const Digits&) = delete;

    operator std::string_view() const { return {text_.data(), end_}; }

private:
    std::array<char, 64> text_;
    const char* end_ = nullptr;
};

/// Apart, so that what is rarely needed stands once.
[[gnu::noinline]] inline void make_room(std::string& text, std::size_t size)
{
    text.reserve(size);
}

/// Appends parts, none of them a view of `out`, with one look at the memory for all. It becomes a
/// part of its caller: as calls, it and resize_and_overwrite() cost more than what is written.
template <class... Parts>
[[gnu::always_inline, gnu::flatten]] inline void append_all(std::string& out, const Parts&... parts)
{
    const auto before = out.size();
    const auto most = before + (part::room(parts) + ...);
    if (most > out.capacity()) make_room(out, most);
    if (most > out.capacity()) std::unreachable();  // nothing below has to make room
    out.resize_and_overwrite(most, [&](char* text, std::size_t) {
        char* to = text + before;
        ((to = part::put(to, parts)), ...);
        return static_cast<std::size_t>(to - text);
    });
}

}  // namespace sluice
