#pragma once

#include <array>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>

namespace sluice {

/// A whole number as text.
class Digits {
public:
    explicit Digits(std::integral auto number, int base = 10)
    {
        end_ = std::to_chars(text_.data(), text_.data() + text_.size(), number, base).ptr;
    }
    Digits(const Digits&) = delete;
    Digits& operator=(const Digits&) = delete;

    operator std::string_view() const { return {text_.data(), end_}; }

private:
    std::array<char, 20> text_;
    const char* end_ = nullptr;
};

inline std::string_view as_text(std::string_view text)
{
    return text;
}
/// A literal, whose size the compiler knows.
template <std::size_t size>
constexpr std::string_view as_text(const char (&literal)[size])
{
    return {literal, size - 1};
}
template <std::integral Number>
    requires(!std::same_as<Number, char>)  // which would be its code
Digits as_text(Number number)
{
    return Digits(number);
}

/// Appends texts, none of them a view of `out`, with one look at the memory for all.
inline void append_texts(std::string& out, std::same_as<std::string_view> auto... texts)
{
    const auto before = out.size();
    const auto after = before + (texts.size() + ...);
    out.resize_and_overwrite(after, [&](char* to, std::size_t) {  // which may be more than after
        to += before;
        ((to += texts.copy(to, texts.size())), ...);
        return after;
    });
}

/// Appends pieces of text, none of them a view of `out`, and whole numbers.
template <class... Parts>
void append_all(std::string& out, const Parts&... parts)
{
    append_texts(out, std::string_view(as_text(parts))...);
}

}  // namespace sluice
