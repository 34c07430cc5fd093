#include "providers/mistral/request.hpp"

#include "providers/mistral/messages.hpp"
#include "providers/mistral/models.hpp"
#include "providers/mistral/tools.hpp"
#include "providers/openai_dialect/answer.hpp"
#include "providers/openai_dialect/call.hpp"
#include "providers/openai_dialect/fields.hpp"
#include "providers/refused.hpp"
#include "providers/tree.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace sluice::mistral {
namespace {

using boost::json::object;
using boost::json::value;
using openai_dialect::clamped;
using openai_dialect::dropped;
using openai_dialect::unfit;

constexpr double highest_temperature = 1.5;

/// Fields of the same name and meaning.
constexpr std::array<std::string_view, 12> taken_as_is{
    "top_p",
    "presence_penalty",
    "frequency_penalty",
    "n",
    "stop",
    "parallel_tool_calls",
    "metadata",
    "prompt_cache_key",
    "random_seed",
    "safe_prompt",
    "guardrails",
    "prompt_mode"
};

/// Fields that have gone into the body by another way, or say nothing to Mistral: usage comes with
/// every stream.
constexpr std::array<std::string_view, 8> done_elsewhere{
    "model",
    "messages",
    "stream",
    "stream_options",
    "max_tokens",
    "max_completion_tokens",
    "tools",
    "tool_choice"
};

template <class Names>
bool among(const Names& names, std::string_view name)
{
    return std::ranges::find(names, name) != names.end();
}

class ChatBody {
public:
    ChatBody(const ChatRequest& chat, const Deployment& deployment)
        : chat_(chat), deployment_(deployment), model_(deployment.model)
    {
    }

    Result<std::string> build(LeftOut left_out);
    std::vector<std::string> take_warnings() { return std::move(warnings_); }

private:
    const ChatRequest& chat_;
    const Deployment& deployment_;
    std::string_view model_;
    object body_;
    std::vector<std::string> warnings_;

    Result<void> add(std::string_view name, const value& given);
    void add_max_tokens();
    void add_temperature(const value& given);
    void add_effort(const value& given);
    void add_response_format(const value& given);
    void drop(std::string_view name) { warnings_.push_back(dropped(name, model_)); }
};

Result<std::string> ChatBody::build(LeftOut left_out)
{
    auto parsed = json::parse_tree(chat_.document.text());
    if (!parsed) return std::unexpected(std::move(parsed).error());
    auto given = tree::object_in(*parsed);
    if (auto done = drop_configured(given, deployment_, warnings_); !done)
        return std::unexpected(std::move(done).error());

    body_["model"] = model_;
    auto messages = translate_messages(tree::array_at(given, "messages"), model_, warnings_);
    if (!messages) return std::unexpected(std::move(messages).error());
    body_["messages"] = *std::move(messages);
    if (chat_.stream) body_["stream"] = true;
    add_max_tokens();
    if (auto done = add_tools(given, model_, body_); !done)
        return std::unexpected(std::move(done).error());
    for (const auto& field : given) {
        if (field.value().is_null() || among(done_elsewhere, field.key())) continue;
        if (auto done = add(field.key(), field.value()); !done)
            return std::unexpected(std::move(done).error());
    }
    if (!tree::has(given, "temperature") && !deployment_.default_temperature.empty())
        if (auto configured = json::parse_tree(deployment_.default_temperature))
            body_["temperature"] = *std::move(configured);

    return without_refused(json::serialize(body_), chat_, deployment_, left_out, warnings_);
}

Result<void> ChatBody::add(std::string_view name, const value& given)
{
    if (among(taken_as_is, name)) {
        body_[name] = given;
    } else if (name == "seed") {
        const auto* seed = given.if_int64();
        if (seed && *seed < 0)
            drop(name);  // Mistral's begin at 0
        else
            body_["random_seed"] = given;
    } else if (name == "temperature") {
        add_temperature(given);
    } else if (name == "reasoning_effort") {
        add_effort(given);
    } else if (name == "response_format") {
        add_response_format(given);
    } else if (name == "prediction" && tree::object_in(given).contains("content") &&
               given.at("content").is_string()) {
        body_[name] = {{"type", "content"}, {"content", given.at("content")}};
    } else if (name == "service_tier" && (given == "auto" || given == "standard_only")) {
        body_[name] = given;
    } else {
        if (openai_dialect::carries_meaning(name, json::serialize(given)))
            return unfit(name, model_);
        const auto* field = openai_dialect::find_field(name);
        const bool asks = !field || field->nature == openai_dialect::Nature::tuning;
        const bool default_store = name == "store" && given == false;
        if (asks && !default_store) drop(name);
    }
    return {};
}

void ChatBody::add_max_tokens()
{
    if (chat_.max_tokens)
        body_["max_tokens"] = *chat_.max_tokens;
    else if (const auto configured = json::as_integer(deployment_.default_max_tokens))
        body_["max_tokens"] = *configured;
}

void ChatBody::add_temperature(const value& given)
{
    body_["temperature"] = given;
    if (!given.is_number() || given.to_number<double>() <= highest_temperature) return;
    warnings_.push_back(clamped("temperature", json::serialize(given), model_, "1.5"));
    body_["temperature"] = highest_temperature;
}

void ChatBody::add_effort(const value& given)
{
    const auto accepted = reasoning_of(model_).efforts;
    const auto asked = tree::string_in(given);
    if (accepted.empty()) return drop("reasoning_effort");
    const auto sent = openai_dialect::nearest_effort(asked, accepted);
    if (sent != asked) warnings_.push_back(clamped("reasoning_effort", asked, model_, sent));
    body_["reasoning_effort"] = sent;
}

void ChatBody::add_response_format(const value& given)
{
    const auto& from = tree::object_in(given);
    object format;
    tree::copy(from, format, {"type"});
    if (tree::has(from, "json_schema")) {
        object schema;
        tree::copy(
            tree::object_at(from, "json_schema"),
            schema,
            {"name", "description", "schema", "strict"}
        );
        format["json_schema"] = std::move(schema);
    }
    body_["response_format"] = std::move(format);
}

}  // namespace

Result<Call> encode_chat(const ChatRequest& chat, const Deployment& deployment, LeftOut left_out)
{
    ChatBody body(chat, deployment);
    auto text = body.build(left_out);
    if (!text) return std::unexpected(std::move(text).error());
    return Call{
        .request = openai_dialect::post_json(
            *deployment.endpoint, "/chat/completions", *std::move(text), chat.stream
        ),
        .warnings = body.take_warnings(),
        .reader = &openai_dialect::chat_reader(),
    };
}

}  // namespace sluice::mistral
