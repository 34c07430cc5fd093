#include "providers/gemini/usage.hpp"

#include "providers/tree.hpp"

#include <algorithm>
#include <cstdint>
#include <string_view>

namespace sluice::gemini {
namespace {

using boost::json::object;

/// A count of tokens; nonsense counts as none.
std::int64_t tokens(const object& from, std::string_view key)
{
    constexpr std::int64_t most = 1'000'000'000'000;
    return std::clamp<std::int64_t>(tree::integer_at(from, key), 0, most);
}

std::int64_t audio_tokens(const object& metadata, std::string_view details)
{
    for (const auto& entry : tree::array_at(metadata, details))
        if (tree::string_at(tree::object_in(entry), "modality") == "AUDIO")
            return tokens(tree::object_in(entry), "tokenCount");
    return 0;
}

}  // namespace

std::optional<Usage> read_usage(const object& metadata)
{
    Usage usage;
    usage.cached = tokens(metadata, "cachedContentTokenCount");
    usage.reasoning = tokens(metadata, "thoughtsTokenCount");
    usage.prompt =
        tokens(metadata, "promptTokenCount") + tokens(metadata, "toolUsePromptTokenCount");
    usage.completion = tokens(metadata, "candidatesTokenCount") + usage.reasoning;
    usage.total = tokens(metadata, "totalTokenCount");
    usage.audio_in = audio_tokens(metadata, "promptTokensDetails");
    usage.audio_out = audio_tokens(metadata, "candidatesTokensDetails");
    if (usage.total == 0) usage.total = usage.prompt + usage.completion;
    if (usage.total == 0) return std::nullopt;
    return usage;
}

}  // namespace sluice::gemini
