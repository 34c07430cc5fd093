#include "providers/openai_dialect/usage.hpp"

#include "providers/openai_dialect/lenient.hpp"

namespace sluice::openai_dialect {
namespace {

/// Calls take(key) for each member; whatever stands where no object does is passed over.
template <class Take>
void each_member(json::Cursor& at, Take take)
{
    if (!enter_object_if_any(at)) return;
    while (auto key = at.next_key()) take(*key);
}

/// A count of tokens; nonsense counts as none.
std::int64_t tokens(json::Cursor& at)
{
    const auto count = read_count(at).value_or(0);
    return count > 0 ? count : 0;
}

void read_input_details(json::Cursor& at, Usage& usage)
{
    each_member(at, [&](std::string_view key) {
        if (key == "cached_tokens")
            usage.cached = tokens(at);
        else if (key == "cache_write_tokens")
            usage.cache_write = tokens(at);
        else if (key == "audio_tokens")
            usage.audio_in = tokens(at);
        else
            at.skip();
    });
}

void read_output_details(json::Cursor& at, Usage& usage)
{
    each_member(at, [&](std::string_view key) {
        if (key == "reasoning_tokens")
            usage.reasoning = tokens(at);
        else if (key == "audio_tokens")
            usage.audio_out = tokens(at);
        else
            at.skip();
    });
}

}  // namespace

std::optional<Usage> read_usage(json::Cursor& at)
{
    Usage usage;
    bool counted = false;
    std::int64_t cached_beside = 0;  // named outside the details
    each_member(at, [&](std::string_view key) {
        if (key == "prompt_tokens" || key == "input_tokens") {
            usage.prompt = tokens(at);
            counted = true;
        } else if (key == "completion_tokens" || key == "output_tokens") {
            usage.completion = tokens(at);
            counted = true;
        } else if (key == "total_tokens") {
            usage.total = tokens(at);
            counted = true;
        } else if (key == "prompt_tokens_details" || key == "prompt_token_details" ||
                   key == "input_tokens_details") {
            read_input_details(at, usage);
        } else if (key == "completion_tokens_details" || key == "output_tokens_details") {
            read_output_details(at, usage);
        } else if (key == "num_cached_tokens" || key == "prompt_cache_hit_tokens") {
            cached_beside = tokens(at);
        } else {
            at.skip();
        }
    });
    if (!counted) return std::nullopt;
    if (usage.cached == 0) usage.cached = cached_beside;
    if (usage.total == 0) usage.total = usage.prompt + usage.completion;
    return usage;
}

}  // namespace sluice::openai_dialect
