#include "providers/openai_dialect/errors.hpp"

#include <algorithm>
#include <array>

namespace sluice::openai_dialect {
namespace {

constexpr std::size_t most_bytes = 500;
constexpr std::string_view masked = "***";

/// What a key is made of, as it is or as a provider blots it out.
bool is_key_char(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '_' || c == '*';
}

bool begins_like_key(std::string_view word)
{
    constexpr std::array<std::string_view, 7> prefixes{
        "sk-", "sk_", "gsk_", "xai-", "pplx-", "hf_", "AIza"
    };
    return word.size() >= 8 &&
           std::ranges::any_of(prefixes, [&](auto p) { return word.starts_with(p); });
}

/// True where the text so far announces a key as the next word.
bool announces_key(std::string_view before)
{
    constexpr std::array<std::string_view, 6> phrases{
        "Bearer ", "bearer ", "key provided: ", "key: ", "key=", "token: "
    };
    return std::ranges::any_of(phrases, [&](auto phrase) { return before.ends_with(phrase); });
}

std::string mask_keys(std::string_view text)
{
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const auto end = std::ranges::find_if_not(text, is_key_char);
        const auto length = static_cast<std::size_t>(end - text.begin());
        const auto word = text.substr(0, length);
        if (begins_like_key(word) || (length >= 8 && announces_key(out)))
            out += masked;
        else
            out += word;
        text.remove_prefix(length);
        if (text.empty()) break;
        out += text.front();
        text.remove_prefix(1);
    }
    return out;
}

/// The longest prefix of at most this many bytes that ends between two characters.
std::string_view cut(std::string_view text, std::size_t bytes)
{
    if (text.size() <= bytes) return text;
    const auto follows = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; };
    while (bytes > 0 && follows(text[bytes])) --bytes;
    return text.substr(0, bytes);
}

}  // namespace

std::string safe_message(std::string_view text)
{
    // Only so much is looked at that a key at the cut is still seen whole.
    auto safe = mask_keys(cut(text, 4 * most_bytes));
    if (safe.size() <= most_bytes) return safe;
    constexpr std::string_view ellipsis = "…";
    safe.resize(cut(safe, most_bytes - ellipsis.size()).size());
    return safe.append(ellipsis);
}

}  // namespace sluice::openai_dialect
