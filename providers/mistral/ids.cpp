#include "providers/mistral/ids.hpp"

#include "core/digest.hpp"

#include <cstdint>
#include <utility>

namespace sluice::mistral {
namespace {

constexpr std::size_t id_length = 9;
constexpr std::string_view base62 =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

bool conforms(std::string_view id)
{
    return id.size() == id_length && id.find_first_not_of(base62) == std::string_view::npos;
}

std::string digest_of(std::string_view text)
{
    const auto digest = sha256(text);
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < sizeof number; ++i) number = number << 8 | digest[i];
    std::string id(id_length, '0');
    for (char& c : id) {
        c = base62[number % base62.size()];
        number /= base62.size();
    }
    return id;
}

}  // namespace

std::string_view ToolIds::map(std::string_view id)
{
    const auto [entry, is_new] = sent_.try_emplace(std::string(id));
    if (!is_new) return entry->second;
    std::string text(id);
    std::string candidate = conforms(id) ? text : digest_of(text);
    while (!taken_.insert(candidate).second) {
        text += '+';
        candidate = digest_of(text);
    }
    return entry->second = std::move(candidate);
}

}  // namespace sluice::mistral
