#include "tokens/utf8.hpp"

#include "core/text_scan.hpp"

#include <unicode/utf8.h>

namespace sluice {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";

std::size_t sound_length(std::string_view text)
{
    const char* p = text.data();
    const char* const end = p + text.size();
    while (p != end) {
        if (static_cast<signed char>(*p) >= 0) {
            ++p;
            continue;
        }
        const auto length = json::utf8_length(p, end);
        if (length == 0) break;
        p += length;
    }
    return static_cast<std::size_t>(p - text.data());
}

}  // namespace

Character character_at(std::string_view text, std::size_t at)
{
    const auto first = static_cast<unsigned char>(text[at]);
    if (first < 0x80) return {first, at + 1};
    // The macro counts in int; no character needs more than the next four bytes.
    const auto near = text.substr(at, 4);
    const auto size = static_cast<int>(near.size());
    int passed = 0;
    UChar32 code = 0;
    U8_NEXT_OR_FFFD(near.data(), passed, size, code);
    return {static_cast<char32_t>(code), at + static_cast<std::size_t>(passed)};
}

std::string_view as_utf8(std::string_view text, std::string& storage)
{
    auto sound = sound_length(text);
    if (sound == text.size()) return text;
    storage.clear();
    while (true) {
        storage += text.substr(0, sound);
        if (sound == text.size()) return storage;
        storage += replacement;
        text.remove_prefix(character_at(text, sound).end);
        sound = sound_length(text);
    }
}

}  // namespace sluice
