#pragma once

#include <span>
#include <string_view>

namespace sluice::openai {

/// Where a model takes function tools on /chat/completions. On /responses every model takes them.
enum class ChatTools { always, without_reasoning, never };

/// When a model takes temperature, top_p, penalties, logprobs, logit_bias and stop.
enum class Sampling {
    always,
    at_default,         ///< temperature and top_p of 1, nothing else
    without_reasoning,  ///< while the effort is none
    never,
};

/// What one family of models takes (provider-apis.md 1.5).
struct ModelRules {
    std::string_view prefix;                    ///< of the ids it is for; the longest wins
    std::span<const std::string_view> efforts;  ///< accepted, weakest first; empty: no such field
    std::string_view default_effort;  ///< counts where the caller sent none; empty: unknown or none
    Sampling sampling = Sampling::always;
    ChatTools chat_tools = ChatTools::always;
    bool max_effort_on_responses = false;  ///< takes effort max too, but on /responses only
    bool verbosity = true;                 ///< false: takes none but medium
    bool parallel_tool_calls = true;
};

/// The rules for a model id. Of a model the table does not know nothing is assumed; a fine-tuned
/// one
/// ("ft:gpt-4.1:…") follows its base.
const ModelRules& rules_for(std::string_view model);

/// True for models that are not served on /chat/completions at all.
bool is_responses_only(std::string_view model);

/// The effort that will count there: the one asked for, clamped to what is accepted, or else the
/// model's default. Empty where the model does not reason.
std::string_view effective_effort(
    const ModelRules& rules, std::string_view asked, bool on_responses
);

}  // namespace sluice::openai
