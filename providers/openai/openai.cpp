#include "providers/openai/openai.hpp"

#include "providers/openai/capabilities.hpp"
#include "providers/openai/responses.hpp"
#include "providers/openai/transcription.hpp"
#include "providers/openai_dialect/fields.hpp"
#include "providers/openai_dialect/request.hpp"

#include <boost/container/small_vector.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sluice::openai {
namespace {

using openai_dialect::Replacement;

std::string text_field(const ChatRequest& chat, std::string_view field)
{
    return chat.document.find(field).and_then(json::as_string).value_or("");
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
constexpr std::array<std::string_view, 6> sampling_fields{
    "frequency_penalty", "presence_penalty", "logprobs", "top_logprobs", "logit_bias", "stop"
};

/// What a model does not take of one request, beside its effort.
class Restrictions {
public:
    Restrictions(
        const ModelRules& rules,
        const ChatRequest& chat,
        const Deployment& deployment,
        std::string_view asked_effort
    )
        : rules_(rules), chat_(chat), deployment_(deployment), asked_(asked_effort)
    {
        restrict_effort();
        restrict_sampling();
        if (!rules.verbosity && text_field(chat, "verbosity") != "medium") refuse("verbosity");
        if (!rules.parallel_tool_calls) refuse("parallel_tool_calls");
    }

    openai_dialect::ModelLimits limits() const
    {
        return {.refused = refused_, .replacements = replacements_};
    }

private:
    const ModelRules& rules_;
    const ChatRequest& chat_;
    const Deployment& deployment_;
    std::string_view asked_;
    boost::container::small_vector<std::string_view, 12> refused_;
    std::vector<Replacement> replacements_;

    void refuse(std::string_view field) { refused_.push_back(field); }

    void restrict_effort()
    {
        if (rules_.efforts.empty()) return refuse("reasoning_effort");
        const auto sent = effective_effort(rules_, asked_, false);
        if (asked_.empty() || sent == asked_) return;
        const auto& model = deployment_.model;
        replacements_.push_back(
            {.field = "reasoning_effort",
             .value = json::quoted(sent),
             .warning = openai_dialect::clamped("reasoning_effort", asked_, model, sent)}
        );
    }

    /// True for a temperature or top_p that asks for what a reasoning model does anyway.
    static bool is_default(std::optional<std::string_view> value, std::string_view otherwise)
    {
        const auto sent = value && !json::is_null(*value) ? *value : otherwise;
        return sent.empty() || json::as_number(sent) == 1.0;
    }

    void restrict_sampling()
    {
        if (rules_.sampling == Sampling::always) return;
        const bool reasons = effective_effort(rules_, asked_, false) != "none";
        if (rules_.sampling == Sampling::without_reasoning && !reasons) return;
        refused_.insert(refused_.end(), sampling_fields.begin(), sampling_fields.end());
        const bool defaults_pass = rules_.sampling == Sampling::at_default;
        const auto& body = chat_.document;
        if (!defaults_pass ||
            !is_default(body.find("temperature"), deployment_.default_temperature))
            refuse("temperature");
        if (!defaults_pass || !is_default(body.find("top_p"), {})) refuse("top_p");
    }
};

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
    auto dialect = deployment.endpoint->dialect;
    dialect.max_completion_tokens = true;
    dialect.extra_fields = false;  // "Unrecognized request argument"
    const Restrictions restrictions(rules, chat, deployment, asked_effort);
    return openai_dialect::encode_chat(chat, deployment, left_out, dialect, restrictions.limits());
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
