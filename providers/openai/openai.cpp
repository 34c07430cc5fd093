#include "providers/openai/openai.hpp"

#include "providers/openai/capabilities.hpp"
#include "providers/openai/responses.hpp"
#include "providers/openai/transcription.hpp"
#include "providers/openai_dialect/fields.hpp"
#include "providers/openai_dialect/request.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

namespace sluice::openai {
namespace {

using openai_dialect::clamped;
using openai_dialect::ModelLimits;
using openai_dialect::Replacement;

std::string text_field(const ChatRequest& chat, json::Key field)
{
    const auto value = chat.document.find(field);
    return value ? json::as_string(*value).value_or("") : std::string();
}

bool needs_responses(
    const ModelRules& rules,
    const ChatRequest& chat,
    std::string_view model,
    std::string_view asked_effort,
    LeftOut left_out
)
{
    if (is_responses_only(model)) return true;
    if (asked_effort == "max" && rules.max_effort_on_responses) return true;
    if (!chat.needs.tools) return false;
    // The provider has refused this model's tools beside its effort.
    if (std::ranges::find(left_out, "reasoning_effort") != left_out.end()) return true;
    switch (rules.chat_tools) {
        case ChatTools::always: return false;
        case ChatTools::without_reasoning:
            return effective_effort(rules, asked_effort, false) != "none";
        case ChatTools::never: return true;
    }
    std::unreachable();
}

/// What a model takes only where it does not reason, beside temperature and top_p.
constexpr json::KeySet sampling_fields{
    "frequency_penalty", "presence_penalty", "logprobs", "top_logprobs", "logit_bias", "stop"
};

/// True for a temperature or top_p that asks for what a reasoning model does anyway.
bool is_default(std::optional<std::string_view> value, std::string_view otherwise)
{
    const auto sent = value && !json::is_null(*value) ? *value : otherwise;
    return sent.empty() || json::as_number(sent) == 1.0;
}

/// The fields of sampling that the model does not take with this effort.
json::KeySet refused_sampling(
    const ModelRules& rules,
    const json::Document& body,
    const Deployment& deployment,
    std::string_view effort
)
{
    if (rules.sampling == Sampling::always) return {};
    if (rules.sampling == Sampling::without_reasoning && effort == "none") return {};
    auto refused = sampling_fields;
    const bool defaults_pass = rules.sampling == Sampling::at_default;
    if (!defaults_pass || !is_default(body.find("temperature"), deployment.default_temperature))
        refused.add("temperature");
    if (!defaults_pass || !is_default(body.find("top_p"), {})) refused.add("top_p");
    return refused;
}

/// What a model does not take of one request.
ModelLimits limits_of(
    const ModelRules& rules,
    const ChatRequest& chat,
    const Deployment& deployment,
    std::string_view asked_effort
)
{
    const auto sent = effective_effort(rules, asked_effort, false);
    ModelLimits limits{
        .refused = refused_sampling(rules, chat.document, deployment, sent),
        .max_completion_tokens = true,
        .known_fields_only = true,  // "Unrecognized request argument"
    };
    if (rules.efforts.empty())
        limits.refused.add("reasoning_effort");
    else if (!asked_effort.empty() && sent != asked_effort)
        limits.replacement = Replacement{
            .field = "reasoning_effort",
            .value = json::quoted(sent),
            .warning = clamped("reasoning_effort", asked_effort, deployment.model, sent),
        };
    if (!rules.verbosity && text_field(chat, "verbosity") != "medium")
        limits.refused.add("verbosity");
    if (!rules.parallel_tool_calls) limits.refused.add("parallel_tool_calls");
    return limits;
}

}  // namespace

Result<Call> Translator::encode(
    const ChatRequest& chat, const Deployment& deployment, LeftOut left_out
) const
{
    const auto& rules = rules_for(deployment.model);
    if (chat.dialect == Dialect::responses)
        return encode_native_responses(chat, deployment, left_out, rules);
    const auto asked_effort = text_field(chat, "reasoning_effort");
    if (needs_responses(rules, chat, deployment.model, asked_effort, left_out))
        return encode_responses(chat, deployment, left_out, rules);
    const auto& dialect = deployment.endpoint->dialect;
    const auto limits = limits_of(rules, chat, deployment, asked_effort);
    return openai_dialect::encode_chat(chat, deployment, left_out, dialect, limits);
}

Result<Call> Translator::encode_embeddings(
    const EmbeddingsRequest& request, const Deployment& deployment, LeftOut left_out
) const
{
    auto dialect = deployment.endpoint->dialect;
    dialect.extra_fields = false;
    const bool sized = deployment.model.starts_with("text-embedding-ada");
    if (sized) dialect.unsupported.emplace_back("dimensions");
    return openai_dialect::encode_embeddings(request, deployment, left_out, dialect);
}

const sluice::Transcriber* Translator::transcriber() const
{
    static const Transcriber transcriber;
    return &transcriber;
}

}  // namespace sluice::openai
