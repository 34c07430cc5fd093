#include "providers/openai_dialect/fields.hpp"

#include "core/json.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

namespace sluice::openai_dialect {
namespace {

constexpr std::array fields{
    Field{"model", Nature::core},
    Field{"messages", Nature::core},
    Field{"stream", Nature::core},

    Field{"tools", Nature::meaning},
    Field{"tool_choice", Nature::meaning},
    Field{"functions", Nature::meaning},
    Field{"function_call", Nature::meaning},
    Field{"response_format", Nature::meaning},
    Field{"n", Nature::meaning},
    Field{"logprobs", Nature::meaning},
    Field{"top_logprobs", Nature::meaning},
    Field{"modalities", Nature::meaning},
    Field{"audio", Nature::meaning},
    Field{"web_search_options", Nature::meaning},
    Field{"moderation", Nature::meaning},

    Field{"max_tokens", Nature::tuning},
    Field{"max_completion_tokens", Nature::tuning},
    Field{"temperature", Nature::tuning},
    Field{"top_p", Nature::tuning},
    Field{"frequency_penalty", Nature::tuning},
    Field{"presence_penalty", Nature::tuning},
    Field{"stop", Nature::tuning},
    Field{"seed", Nature::tuning},
    Field{"logit_bias", Nature::tuning},
    Field{"parallel_tool_calls", Nature::tuning},
    Field{"reasoning_effort", Nature::tuning},
    Field{"verbosity", Nature::tuning},
    Field{"stream_options", Nature::tuning},
    Field{"store", Nature::tuning},
    Field{"metadata", Nature::tuning},
    Field{"service_tier", Nature::tuning},
    Field{"prompt_cache_key", Nature::tuning},
    Field{"prompt_cache_options", Nature::tuning},
    Field{"prompt_cache_retention", Nature::tuning},
    Field{"safety_identifier", Nature::tuning},
    Field{"user", Nature::tuning},
    Field{"prediction", Nature::tuning},

    Field{"sessionId", Nature::gateway},
    Field{"tenantId", Nature::gateway},
    Field{"systemPrompt", Nature::gateway},
};

constexpr auto sendable = [] {
    json::KeySet names;
    for (const auto& field : fields)
        if (field.nature != Nature::gateway) names = names | json::KeySet{field.name};
    return names;
}();

constexpr std::array<std::string_view, 7> efforts{
    "none", "minimal", "low", "medium", "high", "xhigh", "max"
};

std::ptrdiff_t strength(std::string_view effort)
{
    return std::ranges::find(efforts, effort) - efforts.begin();
}

/// The text without the white space between its tokens, for comparing short values.
std::string compact(std::string_view json_text)
{
    std::string out(json_text);
    std::erase_if(out, [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; });
    return out;
}

bool is_plain_text_format(std::string_view value)
{
    auto format = json::Document::parse(std::string(value));
    return format && format->find("type").and_then(json::as_string) == "text";
}

}  // namespace

const Field* find_field(json::Key name)
{
    const auto found = std::ranges::find(fields, name, &Field::name);
    return found == fields.end() ? nullptr : found;
}

json::KeySet sendable_fields()
{
    return sendable;
}

bool carries_meaning(std::string_view name, std::string_view value)
{
    const auto* field = find_field(name);
    if (!field || field->nature != Nature::meaning || json::is_null(value)) return false;
    if (name == "n") return json::as_integer(value) != 1;
    if (name == "logprobs") return json::as_bool(value) == true;
    if (name == "top_logprobs") return json::as_integer(value) != 0;
    if (name == "tools" || name == "functions") return compact(value) != "[]";
    if (name == "tool_choice" || name == "function_call") return value != "\"auto\"";
    if (name == "response_format") return !is_plain_text_format(value);
    if (name == "modalities") return compact(value) != "[\"text\"]";
    return true;
}

std::string dropped(std::string_view field, std::string_view target)
{
    return concat(field, ": not accepted by ", target, "; dropped");
}

std::string clamped(
    std::string_view field, std::string_view from, std::string_view target, std::string_view to
)
{
    return concat(field, ": ", from, " is not accepted by ", target, "; sent as ", to);
}

void warn_once(std::vector<std::string>& warnings, std::string line)
{
    if (std::ranges::find(warnings, line) == warnings.end()) warnings.push_back(std::move(line));
}

std::unexpected<Error> unfit(std::string_view field, std::string_view target)
{
    return unfit(field, field, target);
}

std::unexpected<Error> unfit(std::string_view param, std::string_view what, std::string_view target)
{
    return std::unexpected(Error{
        .kind = ErrorKind::unfit,
        .message = concat(
            what,
            ": not accepted by ",
            target,
            ", and the request would mean something else without it"
        ),
        .param = std::string(param)
    });
}

std::string_view nearest_effort(std::string_view wanted, std::span<const std::string_view> accepted)
{
    const auto asked = strength(wanted);
    if (asked == std::ssize(efforts)) return wanted;
    return *std::ranges::min_element(accepted, {}, [&](std::string_view effort) {
        return std::abs(strength(effort) - asked);
    });
}

}  // namespace sluice::openai_dialect
