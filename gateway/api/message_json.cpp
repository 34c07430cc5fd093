#include "api/message_json.hpp"

#include "core/error.hpp"
#include "core/json.hpp"

#include <algorithm>
#include <utility>

namespace sluice {

std::string message_id(std::string_view upstream_id, std::string_view request_id)
{
    if (upstream_id.starts_with("msg_")) return std::string(upstream_id);
    return concat("msg_", request_id);
}

std::string message_usage_json(const Usage& usage)
{
    const auto cached = usage.cached + usage.cache_write;
    std::string out;
    json::ObjectWriter body(out);
    body.field("input_tokens", std::max(usage.prompt - cached, std::int64_t{}));
    body.field("cache_creation_input_tokens", usage.cache_write);
    body.field("cache_read_input_tokens", usage.cached);
    body.field("output_tokens", usage.completion);
    if (usage.reasoning != 0) {
        json::ObjectWriter details(body.key("output_tokens_details"));
        details.field("thinking_tokens", usage.reasoning).close();
    }
    body.close();
    return out;
}

/// Some providers end with a plain stop whatever they gave; agents go by this word.
std::string_view stop_reason(FinishReason finish, Shown shown)
{
    switch (finish) {
        case FinishReason::length: return "max_tokens";
        case FinishReason::content_filter: return "refusal";
        case FinishReason::tool_calls: return "tool_use";
        case FinishReason::none:
        case FinishReason::stop: break;
    }
    if (shown.tool_calls) return "tool_use";
    return shown.refusal ? "refusal" : "end_turn";
}

}  // namespace sluice
