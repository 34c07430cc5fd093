#include "providers/anthropic/request.hpp"

#include "providers/anthropic/answer.hpp"
#include "providers/anthropic/call.hpp"
#include "providers/anthropic/messages.hpp"
#include "providers/anthropic/models.hpp"
#include "providers/anthropic/thinking.hpp"
#include "providers/anthropic/thoughts.hpp"
#include "providers/anthropic/tools.hpp"
#include "providers/openai_dialect/fields.hpp"
#include "providers/refused.hpp"
#include "providers/tree.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace sluice::anthropic {
namespace {

using boost::json::array;
using boost::json::object;
using boost::json::value;
using openai_dialect::clamped;
using openai_dialect::dropped;
using openai_dialect::unfit;

constexpr std::int64_t max_tokens_of_unknown_models = 4096;

/// Fields that go into the body by another way, or say nothing to Anthropic: usage comes with every
/// stream.
constexpr std::array<std::string_view, 16> done_elsewhere{
    "model",
    "messages",
    "stream",
    "stream_options",
    "max_tokens",
    "max_completion_tokens",
    "tools",
    "tool_choice",
    "parallel_tool_calls",
    "reasoning_effort",
    "thinking",
    "temperature",
    "top_p",
    "top_k",
    "user",
    "safety_identifier"
};

template <class Names>
bool among(const Names& names, std::string_view name)
{
    return std::ranges::find(names, name) != std::end(names);
}

double number_in(const value& given)
{
    return given.is_number() ? given.to_number<double>() : 0;
}

/// True for values that ask for nothing, whose loss is not worth a word.
bool is_default(std::string_view name, const value& given)
{
    if (name.ends_with("_penalty")) return number_in(given) == 0;
    if (name == "store") return given == false;
    const auto* members = given.if_object();
    return members && members->empty();
}

class ChatBody {
public:
    ChatBody(const ChatRequest& chat, const Deployment& deployment)
        : chat_(chat),
          deployment_(deployment),
          model_(deployment.model),
          rules_(rules_for(deployment.model))
    {
    }

    Result<std::string> build(LeftOut left_out);
    /// True where the built body has fields of sampling.
    bool samples(LeftOut left_out) const;
    std::vector<std::string> take_warnings() { return std::move(warnings_); }

private:
    const ChatRequest& chat_;
    const Deployment& deployment_;
    std::string_view model_;
    ModelRules rules_;
    object body_;
    std::vector<std::string> warnings_;

    Result<void> fill(const object& given);
    std::int64_t max_tokens();
    bool add_thinking(const object& given, std::int64_t max_tokens);
    void add_sampling(const object& given, bool thinks);
    void add_user(const object& given);
    Result<void> add(std::string_view name, const value& given);
    void add_stop(const value& given);
    Result<void> add_response_format(const value& given);
    void add_service_tier(const value& given);
    object& output_config();
    void drop(std::string_view name) { warnings_.push_back(dropped(name, model_)); }
};

Result<std::string> ChatBody::build(LeftOut left_out)
{
    auto parsed = json::parse_tree(chat_.document.text());
    if (!parsed) return std::unexpected(std::move(parsed).error());
    auto given = tree::object_in(*parsed);
    if (auto done = drop_configured(given, deployment_, warnings_); !done)
        return std::unexpected(std::move(done).error());
    if (auto done = fill(given); !done) return std::unexpected(std::move(done).error());

    const bool has_format = tree::has(tree::object_at(body_, "output_config"), "format");
    if (auto done = check_format(has_format, "response_format", model_, left_out); !done)
        return std::unexpected(std::move(done).error());
    return without_refused(json::serialize(body_), chat_, deployment_, left_out, warnings_);
}

bool ChatBody::samples(LeftOut left_out) const
{
    const auto& unsupported = deployment_.endpoint->dialect.unsupported;
    return std::ranges::any_of(sampling_fields, [&](std::string_view field) {
        return body_.contains(field) && !among(left_out, field) && !among(unsupported, field);
    });
}

Result<void> ChatBody::fill(const object& given)
{
    const auto limit = max_tokens();
    body_["model"] = model_;
    body_["max_tokens"] = limit;
    if (chat_.stream) body_["stream"] = true;
    if (auto done = add_tools(given, model_, body_); !done) return done;

    const bool thinks = add_thinking(given, limit);
    const auto replays = thinks ? std::span(chat_.replays) : std::span<const Replay>();
    auto said = translate_messages(tree::array_at(given, "messages"), replays, model_, warnings_);
    if (!said) return std::unexpected(std::move(said).error());
    if (!said->system.empty()) body_["system"] = std::move(said->system);
    body_["messages"] = std::move(said->messages);

    add_sampling(given, thinks);
    add_user(given);
    for (const auto& field : given) {
        if (field.value().is_null() || among(done_elsewhere, field.key())) continue;
        if (auto done = add(field.key(), field.value()); !done) return done;
    }
    return {};
}

std::int64_t ChatBody::max_tokens()
{
    const auto asked = chat_.max_tokens.value_or(default_max_tokens(deployment_));
    if (rules_.max_output == 0 || asked <= rules_.max_output) return asked;
    const auto most = std::to_string(rules_.max_output);
    if (chat_.max_tokens)
        warnings_.push_back(clamped("max_tokens", std::to_string(asked), model_, most));
    return rules_.max_output;
}

/// True where the model may think in this call.
bool ChatBody::add_thinking(const object& given, std::int64_t max_tokens)
{
    const auto& messages = tree::array_at(given, "messages");
    const auto& own = tree::object_at(given, "thinking");
    ThinkingWish wish{
        .effort = tree::string_at(given, "reasoning_effort"),
        .own = own.empty() ? nullptr : &own,
        .max_tokens = max_tokens,
        .obstacle = {},
    };
    if (forces_tool(body_))
        wish.obstacle = "tool_choice forces a tool";
    else if (has_lost_thoughts(messages, chat_.replays))
        wish.obstacle = "what was thought before the open tool calls is not known";

    auto plan = plan_thinking(wish, model_, rules_, warnings_);
    if (!plan.thinking.empty()) body_["thinking"] = std::move(plan.thinking);
    if (!plan.effort.empty()) output_config()["effort"] = plan.effort;
    return plan.on;
}

/// A model takes temperature or top_p, from 0 to 1, and neither while it thinks.
void ChatBody::add_sampling(const object& given, bool thinks)
{
    const bool takes = rules_.sampling && !thinks;
    for (const std::string_view name : sampling_fields) {
        if (!tree::has(given, name)) continue;
        const auto& wanted = given.at(name);
        if (name == "top_p" && number_in(wanted) == 1) continue;  // asks for nothing
        if (name == "top_p" && body_.contains("temperature")) {
            warnings_.push_back("top_p: not accepted beside temperature; dropped");
        } else if (takes && name != "top_k" && number_in(wanted) > 1) {
            warnings_.push_back(clamped(name, json::serialize(wanted), model_, "1"));
            body_[name] = 1;
        } else if (takes) {
            body_[name] = wanted;
        } else {
            drop(name);
        }
    }
    const bool asked = tree::has(given, "temperature") || tree::has(given, "top_p");
    if (asked || !takes || deployment_.default_temperature.empty()) return;
    if (auto configured = json::parse_tree(deployment_.default_temperature))
        body_["temperature"] = std::min(number_in(*configured), 1.0);
}

void ChatBody::add_user(const object& given)
{
    for (const auto* name : {"safety_identifier", "user"}) {
        const auto id = tree::string_at(given, name);
        if (id.empty()) continue;
        body_["metadata"] = {{"user_id", id}};
        return;
    }
}

Result<void> ChatBody::add(std::string_view name, const value& given)
{
    if (name == "stop") {
        add_stop(given);
    } else if (name == "response_format") {
        return add_response_format(given);
    } else if (name == "service_tier") {
        add_service_tier(given);
    } else {
        if (openai_dialect::carries_meaning(name, json::serialize(given)))
            return unfit(name, model_);
        const auto* field = openai_dialect::find_field(name);
        const bool asks = !field || field->nature == openai_dialect::Nature::tuning;
        if (asks && !is_default(name, given)) drop(name);
    }
    return {};
}

/// Anthropic refuses to stop at white space alone.
void ChatBody::add_stop(const value& given)
{
    const auto* list = given.if_array();
    array sequences;
    for (const auto& stop : list ? *list : array{given}) {
        const auto text = tree::string_in(stop);
        if (text.find_first_not_of(" \t\r\n\v\f") != text.npos)
            sequences.push_back(stop);
        else
            warnings_.push_back("stop: white space alone is not accepted; dropped");
    }
    if (!sequences.empty()) body_["stop_sequences"] = std::move(sequences);
}

/// A schema only: to answer in "some JSON" is nothing that Anthropic can be held to, and an
/// instruction of ours among the messages would promise what nobody enforces.
Result<void> ChatBody::add_response_format(const value& given)
{
    if (!openai_dialect::carries_meaning("response_format", json::serialize(given))) return {};
    const auto& schema =
        tree::object_at(tree::object_at(tree::object_in(given), "json_schema"), "schema");
    if (schema.empty()) return unfit("response_format", model_);
    output_config()["format"] = {{"type", "json_schema"}, {"schema", schema}};
    return {};
}

void ChatBody::add_service_tier(const value& given)
{
    if (given == "auto")
        body_["service_tier"] = "auto";
    else if (given == "default" || given == "standard_only")
        body_["service_tier"] = "standard_only";
    else
        drop("service_tier");
}

object& ChatBody::output_config()
{
    auto& config = body_["output_config"];
    return config.is_object() ? config.get_object() : config.emplace_object();
}

}  // namespace

std::int64_t default_max_tokens(const Deployment& deployment)
{
    if (const auto configured = json::as_integer(deployment.default_max_tokens)) return *configured;
    const auto most = rules_for(deployment.model).max_output;
    return most != 0 ? most : max_tokens_of_unknown_models;
}

Result<void> check_format(
    bool has_format, std::string_view param, std::string_view model, LeftOut left_out
)
{
    if (has_format && among(left_out, "output_config")) return unfit(param, model);
    return {};
}

Result<Call> encode_chat(const ChatRequest& chat, const Deployment& deployment, LeftOut left_out)
{
    ChatBody body(chat, deployment);
    auto text = body.build(left_out);
    if (!text) return std::unexpected(std::move(text).error());
    return Call{
        .request = post_messages(
            *deployment.endpoint, *std::move(text), chat.stream, body.samples(left_out)
        ),
        .warnings = body.take_warnings(),
        .reader = &messages_reader(),
        .dialect = Dialect::messages,
    };
}

}  // namespace sluice::anthropic
