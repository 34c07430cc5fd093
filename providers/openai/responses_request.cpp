#include "providers/openai/responses.hpp"
#include "providers/openai/responses_items.hpp"
#include "providers/openai/responses_limits.hpp"
#include "providers/openai/responses_tools.hpp"
#include "providers/openai_dialect/call.hpp"
#include "providers/openai_dialect/fields.hpp"
#include "providers/refused.hpp"
#include "providers/tree.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace sluice::openai {
namespace {

using boost::json::array;
using boost::json::object;
using boost::json::value;
using openai_dialect::clamped;
using openai_dialect::dropped;
using openai_dialect::unfit;

constexpr std::int64_t fewest_output_tokens = 16;

/// Fields of the same name and meaning.
constexpr std::array<std::string_view, 9> taken_as_is{
    "metadata",
    "user",
    "safety_identifier",
    "service_tier",
    "prompt_cache_key",
    "prompt_cache_options",
    "prompt_cache_retention",
    "moderation",
    "store"
};

/// Fields of the Responses API that chat has not, for callers who know where their model is called.
constexpr std::array<std::string_view, 6> its_own{
    "reasoning", "text", "include", "truncation", "max_tool_calls", "context_management"
};

/// Fields that go into the body by another way.
constexpr std::array<std::string_view, 8> done_elsewhere{
    "model",
    "messages",
    "stream",
    "max_tokens",
    "max_completion_tokens",
    "reasoning_effort",
    "logprobs",
    "top_logprobs"
};

/// Fields of chat that the Responses API has no equivalent of (1.6).
constexpr std::array<std::string_view, 6> unknown_here{
    "stop", "seed", "frequency_penalty", "presence_penalty", "logit_bias", "prediction"
};

template <class Names>
bool among(const Names& names, std::string_view name)
{
    return std::ranges::find(names, name) != names.end();
}

/// The object under a key of the body, made where there is none.
object& part_of(object& body, std::string_view key)
{
    auto& part = body[key];
    return part.is_object() ? part.get_object() : part.emplace_object();
}

/// Empty where the configuration says that the provider does not take one.
std::string asked_effort(const ChatRequest& chat, const Deployment& deployment)
{
    if (among(deployment.endpoint->dialect.unsupported, "reasoning_effort")) return {};
    return chat.document.find("reasoning_effort").and_then(json::as_string).value_or("");
}

std::optional<double> number_in(const value& given)
{
    return given.is_number() ? std::optional(given.to_number<double>()) : std::nullopt;
}

class ResponsesBody {
public:
    ResponsesBody(const ChatRequest& chat, const Deployment& deployment, const ModelRules& rules)
        : chat_(chat),
          deployment_(deployment),
          model_(deployment.model),
          limits_(rules, asked_effort(chat, deployment))
    {
    }

    Result<std::string> build(LeftOut left_out);
    std::vector<std::string> take_warnings() { return std::move(warnings_); }

private:
    const ChatRequest& chat_;
    const Deployment& deployment_;
    std::string_view model_;
    ResponsesLimits limits_;
    object body_;
    std::vector<std::string> warnings_;

    Result<void> add(std::string_view name, const value& given);
    bool add_translated(std::string_view name, const value& given);
    void add_effort(std::string_view asked);
    void add_verbosity(const value& given);
    void add_max_tokens();
    Result<void> add_logprobs(const object& given);
    void drop(std::string_view name) { warnings_.push_back(dropped(name, model_)); }
};

Result<std::string> ResponsesBody::build(LeftOut left_out)
{
    auto parsed = json::parse_tree(chat_.document.text());
    if (!parsed) return std::unexpected(std::move(parsed).error());
    auto given = tree::object_in(*parsed);
    if (auto done = drop_configured(given, deployment_, warnings_); !done)
        return std::unexpected(std::move(done).error());

    for (const auto name : its_own) tree::copy(given, body_, {name});
    body_["model"] = model_;
    auto items = translate_to_items(tree::array_at(given, "messages"), model_, warnings_);
    if (!items) return std::unexpected(std::move(items).error());
    body_["input"] = *std::move(items);
    body_["store"] = false;  // chat's default; here the server would take true
    if (chat_.stream) body_["stream"] = true;
    add_max_tokens();
    add_effort(tree::string_at(given, "reasoning_effort"));
    for (const auto& field : given) {
        if (field.value().is_null() || among(done_elsewhere, field.key())) continue;
        if (among(its_own, field.key())) continue;
        if (auto done = add(field.key(), field.value()); !done)
            return std::unexpected(std::move(done).error());
    }
    if (auto done = add_logprobs(given); !done) return std::unexpected(std::move(done).error());
    if (!tree::has(given, "temperature") && !deployment_.default_temperature.empty())
        if (auto configured = json::parse_tree(deployment_.default_temperature);
            configured && limits_.takes_sampling(number_in(*configured)))
            body_["temperature"] = *std::move(configured);
    return without_refused(json::serialize(body_), chat_, deployment_, left_out, warnings_);
}

Result<void> ResponsesBody::add(std::string_view name, const value& given)
{
    if (add_translated(name, given)) return {};
    const bool neutral =
        name.ends_with("_penalty") && given.is_number() && given.to_number<double>() == 0;
    if (among(unknown_here, name)) {
        if (!neutral) drop(name);
    } else if (among(taken_as_is, name)) {
        body_[name] = given;
    } else if (openai_dialect::carries_meaning(name, json::serialize(given))) {
        return unfit(name, model_);
    } else if (!openai_dialect::find_field(name)) {
        drop(name);
    }
    return {};
}

bool ResponsesBody::add_translated(std::string_view name, const value& given)
{
    if (name == "tools") {
        if (given.is_array()) body_[name] = flatten_tools(given.get_array());
    } else if (name == "tool_choice") {
        body_[name] = flatten_tool_choice(given);
    } else if (name == "response_format") {
        part_of(body_, "text")["format"] = flatten_format(given);
    } else if (name == "verbosity") {
        add_verbosity(given);
    } else if (name == "temperature" || name == "top_p") {
        if (limits_.takes_sampling(number_in(given)))
            body_[name] = given;
        else
            drop(name);
    } else if (name == "parallel_tool_calls") {
        if (limits_.takes_parallel_tool_calls())
            body_[name] = given;
        else
            drop(name);
    } else if (name == "stream_options") {
        // Usage comes with every stream.
        object options;
        tree::copy(tree::object_in(given), options, {"include_obfuscation"});
        if (chat_.stream && !options.empty()) body_[name] = std::move(options);
    } else {
        return false;
    }
    return true;
}

void ResponsesBody::add_effort(std::string_view asked)
{
    const auto& effort = limits_.effort();
    if (asked.empty()) return;
    if (effort.empty()) return drop("reasoning_effort");
    if (effort != asked) warnings_.push_back(clamped("reasoning_effort", asked, model_, effort));
    part_of(body_, "reasoning")["effort"] = effort;
}

void ResponsesBody::add_verbosity(const value& given)
{
    if (limits_.takes_verbosity(tree::string_in(given)))
        part_of(body_, "text")["verbosity"] = given;
    else
        drop("verbosity");
}

void ResponsesBody::add_max_tokens()
{
    const auto asked =
        chat_.max_tokens ? chat_.max_tokens : json::as_integer(deployment_.default_max_tokens);
    if (!asked) return;
    if (chat_.max_tokens && *asked < fewest_output_tokens)
        warnings_.push_back(clamped("max_tokens", std::to_string(*asked), model_, "16"));
    body_["max_output_tokens"] = std::max(*asked, fewest_output_tokens);
}

Result<void> ResponsesBody::add_logprobs(const object& given)
{
    if (!chat_.needs.logprobs) return {};
    if (!limits_.takes_sampling({})) return unfit("logprobs", model_);
    auto& include = body_["include"];
    if (!include.is_array()) include.emplace_array();
    include.get_array().push_back("message.output_text.logprobs");
    tree::copy(given, body_, {"top_logprobs"});
    return {};
}

}  // namespace

Result<Call> encode_responses(
    const ChatRequest& chat, const Deployment& deployment, LeftOut left_out, const ModelRules& rules
)
{
    ResponsesBody body(chat, deployment, rules);
    auto text = body.build(left_out);
    if (!text) return std::unexpected(std::move(text).error());
    return Call{
        .request = openai_dialect::post_json(
            *deployment.endpoint, "/responses", *std::move(text), chat.stream
        ),
        .warnings = body.take_warnings(),
        .reader = &responses_reader(),
        .dialect = Dialect::responses,
    };
}

}  // namespace sluice::openai
