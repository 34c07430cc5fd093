#include "providers/gemini/request.hpp"

#include "providers/gemini/answer.hpp"
#include "providers/gemini/call.hpp"
#include "providers/gemini/contents.hpp"
#include "providers/gemini/generation.hpp"
#include "providers/gemini/tools.hpp"
#include "providers/openai_dialect/fields.hpp"
#include "providers/refused.hpp"
#include "providers/tree.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace sluice::gemini {
namespace {

using boost::json::object;
using boost::json::value;

/// Fields that go into the body by another way, or say nothing to Gemini: usage comes with every
/// stream.
constexpr std::array<std::string_view, 6> done_elsewhere{
    "model", "messages", "stream", "stream_options", "tools", "tool_choice"
};

/// Gemini's own, for callers who know where their model is called.
constexpr std::array<std::string_view, 2> its_own{"safetySettings", "cachedContent"};

template <class Names>
bool among(const Names& names, std::string_view name)
{
    return std::ranges::find(names, name) != names.end();
}

/// True for a value of a field unknown to Gemini that says what holds there anyway.
bool asks_nothing(std::string_view name, const value& given)
{
    return (name == "store" && given == false) || (name == "parallel_tool_calls" && given == true);
}

/// What becomes of the fields that Gemini has no equivalent of.
Result<void> judge_others(
    const object& given, std::string_view model, std::vector<std::string>& warnings
)
{
    for (const auto& entry : given) {
        const std::string_view name = entry.key();
        if (entry.value().is_null() || among(done_elsewhere, name) || among(its_own, name) ||
            is_generation_field(name) || asks_nothing(name, entry.value()))
            continue;
        if (openai_dialect::carries_meaning(name, json::serialize(entry.value())))
            return openai_dialect::unfit(name, model);
        const auto* field = openai_dialect::find_field(name);
        if (!field || field->nature == openai_dialect::Nature::tuning)
            warnings.push_back(openai_dialect::dropped(name, model));
    }
    return {};
}

Result<std::string> build_body(
    const ChatRequest& chat,
    const Deployment& deployment,
    LeftOut left_out,
    std::vector<std::string>& warnings
)
{
    auto parsed = json::parse_tree(chat.document.text());
    if (!parsed) return std::unexpected(std::move(parsed).error());
    auto given = tree::object_in(*parsed);
    if (auto done = drop_configured(given, deployment, warnings); !done)
        return std::unexpected(std::move(done).error());

    const auto model = deployment.model;
    auto said =
        translate_messages(tree::array_at(given, "messages"), chat.replays, model, warnings);
    if (!said) return std::unexpected(std::move(said).error());
    object body;
    if (!said->system.empty())
        body["systemInstruction"] = object{{"parts", std::move(said->system)}};
    body["contents"] = std::move(said->contents);
    if (auto done = add_tools(given, model, body, warnings); !done)
        return std::unexpected(std::move(done).error());
    auto config = generation_config(given, chat, deployment, warnings);
    if (!config) return std::unexpected(std::move(config).error());
    if (!config->empty()) body["generationConfig"] = *std::move(config);
    for (const auto name : its_own) tree::copy(given, body, {name});
    if (auto done = judge_others(given, model, warnings); !done)
        return std::unexpected(std::move(done).error());
    return without_refused(json::serialize(body), chat, deployment, left_out, warnings);
}

}  // namespace

Result<Call> encode_chat(const ChatRequest& chat, const Deployment& deployment, LeftOut left_out)
{
    Call call;
    auto body = build_body(chat, deployment, left_out, call.warnings);
    if (!body) return std::unexpected(std::move(body).error());
    call.request = chat.stream ? post_for_stream(deployment, *std::move(body))
                               : post_to_model(deployment, "generateContent", *std::move(body));
    call.reader = &reader_for(chat.needs.n);
    return call;
}

}  // namespace sluice::gemini
