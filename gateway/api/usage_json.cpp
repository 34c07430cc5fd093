#include "api/usage_json.hpp"

#include "core/json.hpp"

namespace sluice {

std::string usage_json(const Usage& usage)
{
    std::string out;
    const auto field_unless_zero = [](json::ObjectWriter& object, auto name, std::int64_t tokens) {
        if (tokens != 0) object.field(name, tokens);
    };
    json::ObjectWriter body(out);
    body.field("prompt_tokens", usage.prompt);
    body.field("completion_tokens", usage.completion);
    body.field("total_tokens", usage.total);

    json::ObjectWriter prompt(body.key("prompt_tokens_details"));
    prompt.field("cached_tokens", usage.cached);
    field_unless_zero(prompt, "cache_write_tokens", usage.cache_write);
    field_unless_zero(prompt, "audio_tokens", usage.audio_in);
    prompt.close();

    json::ObjectWriter completion(body.key("completion_tokens_details"));
    completion.field("reasoning_tokens", usage.reasoning);
    field_unless_zero(completion, "audio_tokens", usage.audio_out);
    completion.close();

    if (usage.estimated) body.field("estimated", true);
    body.close();
    return out;
}

}  // namespace sluice
