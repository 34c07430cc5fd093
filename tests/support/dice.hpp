#pragma once

#include "core/json.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace sluice::test {

/// Random choices that are the same for a seed wherever they are made: the distributions of the
/// standard library are not.
class Dice {
public:
    explicit Dice(std::uint32_t seed) : engine_(seed) {}

    std::size_t below(std::size_t end) { return engine_() % end; }
    std::size_t between(std::size_t least, std::size_t most)
    {
        return least + below(most - least + 1);
    }
    bool chance(std::size_t percent) { return below(100) < percent; }
    std::string_view one_of(std::span<const std::string_view> words)
    {
        return words[below(words.size())];
    }

    /// Never empty; of pieces that quoting, events and other alphabets get wrong.
    std::string text();
    std::string text_or_nothing() { return chance(10) ? std::string() : text(); }
    /// Letters, digits, "_" and "-".
    std::string name(std::string_view prefix)
    {
        return concat(prefix, std::to_string(below(1'000'000)));
    }
    boost::json::object object(int depth = 2);

private:
    std::mt19937 engine_;

    boost::json::value value(int depth);
};

inline std::string Dice::text()
{
    using namespace std::string_view_literals;
    constexpr auto pieces = std::to_array<std::string_view>({
        "Hello",
        "a longer sentence, with a comma.",
        " ",
        "\n",
        "\r\n\t",
        "\"quoted\"",
        "back\\slash",
        "\\u0041",
        "\x01\x1f\x7f"sv,
        "nul\0inside"sv,
        "Grüße",
        "日本語",
        "مرحبا",
        "👩‍👩‍👧 and 😀",
        "\u2028",
        "</script>&amp;",
        "data: x\n\n",
        "[DONE]",
        "{\"a\":[1]}",
        "Error",
        "null",
        "0.1",
    });
    std::string out;
    for (auto left = between(1, 4); left > 0; --left) out += one_of(pieces);
    return out;
}

inline boost::json::value Dice::value(int depth)
{
    constexpr std::array numbers{0.1, -2.5, 1e-7, 3e20};
    constexpr std::array<std::int64_t, 4> integers{
        0, -1, 42, std::numeric_limits<std::int64_t>::max()
    };
    switch (below(depth > 0 ? 7 : 5)) {
        case 0: return nullptr;
        case 1: return chance(50);
        case 2: return integers[below(integers.size())];
        case 3: return numbers[below(numbers.size())];
        case 4: return boost::json::string(text_or_nothing());
        case 5: return object(depth - 1);
        default: break;
    }
    boost::json::array elements;
    for (auto left = below(4); left > 0; --left) elements.push_back(value(depth - 1));
    return elements;
}

/// Nested as deep as this at most.
inline boost::json::object Dice::object(int depth)
{
    boost::json::object members;
    for (auto left = below(4); left > 0; --left)
        members[chance(80) ? name("k") : text()] = value(depth);
    return members;
}

}  // namespace sluice::test
