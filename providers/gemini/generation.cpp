#include "providers/gemini/generation.hpp"

#include "providers/gemini/models.hpp"
#include "providers/openai_dialect/fields.hpp"
#include "providers/tree.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

namespace sluice::gemini {
namespace {

using boost::json::array;
using boost::json::object;
using boost::json::value;
using openai_dialect::clamped;
using openai_dialect::dropped;
using openai_dialect::unfit;

constexpr std::int64_t most_candidates = 8;
constexpr std::size_t most_stops = 5;

struct Renamed {
    std::string_view from;
    std::string_view to;
};

/// Fields of the same meaning, the last two being Gemini's own.
constexpr std::array renamed{
    Renamed{"temperature", "temperature"},
    Renamed{"top_p", "topP"},
    Renamed{"top_k", "topK"},
    Renamed{"presence_penalty", "presencePenalty"},
    Renamed{"frequency_penalty", "frequencyPenalty"},
    Renamed{"n", "candidateCount"},
    Renamed{"logprobs", "responseLogprobs"},
    Renamed{"top_logprobs", "logprobs"},
    Renamed{"thinkingConfig", "thinkingConfig"},
    Renamed{"mediaResolution", "mediaResolution"},
};

/// Fields that take more than a name.
constexpr std::array<std::string_view, 6> reshaped{
    "max_tokens", "max_completion_tokens", "stop", "seed", "response_format", "reasoning_effort"
};

/// True for a value that says what holds without it: models that lack the field refuse even that.
bool asks_nothing(std::string_view name, const value& given)
{
    if (name.ends_with("_penalty")) return given.is_number() && given.to_number<double>() == 0;
    return name == "n" ? given == 1 : given == false || (name == "top_logprobs" && given == 0);
}

class Generation {
public:
    Generation(
        const object& given, const Deployment& deployment, std::vector<std::string>& warnings
    )
        : given_(given), deployment_(deployment), model_(deployment.model), warnings_(warnings)
    {
    }

    Result<object> build(const ChatRequest& chat);

private:
    const object& given_;
    const Deployment& deployment_;
    std::string_view model_;
    std::vector<std::string>& warnings_;
    object config_;

    const value* asked(std::string_view name) const;
    void add_max_tokens(const ChatRequest& chat);
    void add_default_temperature();
    void add_stop(const value& stop);
    void add_seed(const value& seed);
    void add_format(const object& format);
    void add_effort(std::string_view effort);
};

Result<object> Generation::build(const ChatRequest& chat)
{
    if (chat.needs.n > most_candidates) return unfit("n", model_);
    for (const auto& [from, to] : renamed)
        if (const auto* found = asked(from); found && !asks_nothing(from, *found))
            config_[to] = *found;
    add_max_tokens(chat);
    add_default_temperature();
    if (const auto* stop = asked("stop")) add_stop(*stop);
    if (const auto* seed = asked("seed")) add_seed(*seed);
    add_format(tree::object_at(given_, "response_format"));
    if (const auto effort = tree::string_at(given_, "reasoning_effort"); !effort.empty())
        add_effort(effort);
    return std::move(config_);
}

const value* Generation::asked(std::string_view name) const
{
    const auto* found = given_.if_contains(name);
    return found && !found->is_null() ? found : nullptr;
}

void Generation::add_max_tokens(const ChatRequest& chat)
{
    if (chat.max_tokens)
        config_["maxOutputTokens"] = *chat.max_tokens;
    else if (const auto configured = json::as_integer(deployment_.default_max_tokens))
        config_["maxOutputTokens"] = *configured;
}

void Generation::add_default_temperature()
{
    const auto& unsupported = deployment_.endpoint->dialect.unsupported;
    const bool refused = std::ranges::find(unsupported, "temperature") != unsupported.end();
    if (asked("temperature") || refused || deployment_.default_temperature.empty()) return;
    if (auto configured = json::parse_tree(deployment_.default_temperature))
        config_["temperature"] = *std::move(configured);
}

void Generation::add_stop(const value& stop)
{
    auto stops = stop.is_array() ? stop.get_array() : array{stop};
    if (stops.size() > most_stops) {
        warnings_.push_back(concat("stop: ", model_, " takes 5 at most; the first 5 are sent"));
        stops.resize(most_stops);
    }
    if (!stops.empty()) config_["stopSequences"] = std::move(stops);
}

/// Gemini's seeds have 32 bits.
void Generation::add_seed(const value& seed)
{
    using Limits = std::numeric_limits<std::int32_t>;
    const auto* number = seed.if_int64();
    if (number && *number >= Limits::min() && *number <= Limits::max())
        config_["seed"] = *number;
    else
        warnings_.push_back(dropped("seed", model_));
}

void Generation::add_format(const object& format)
{
    const auto type = tree::string_at(format, "type");
    if (type != "json_object" && type != "json_schema") return;
    config_["responseMimeType"] = "application/json";
    const auto& named = tree::object_at(format, "json_schema");
    if (tree::has(named, "schema")) config_["responseJsonSchema"] = named.at("schema");
}

/// The caller's own thinkingConfig goes first where both stand.
void Generation::add_effort(std::string_view effort)
{
    const auto& rules = rules_of(model_);
    if (rules.thinking == Thinking::none) {
        if (effort != "none") warnings_.push_back(dropped("reasoning_effort", model_));
        return;
    }
    const auto sent = openai_dialect::nearest_effort(effort, rules.efforts);
    if (sent != effort) warnings_.push_back(clamped("reasoning_effort", effort, model_, sent));
    auto& thinking = config_["thinkingConfig"];
    if (!thinking.is_object()) thinking.emplace_object();
    auto& config = thinking.get_object();
    if (config.contains("thinkingBudget") || config.contains("thinkingLevel")) return;
    if (rules.thinking == Thinking::budget) {
        config["thinkingBudget"] = budget_of(sent);
        return;
    }
    std::string level(sent);
    for (char& c : level) c = static_cast<char>(c - 'a' + 'A');
    config["thinkingLevel"] = level;
}

}  // namespace

bool is_generation_field(std::string_view name)
{
    return std::ranges::find(renamed, name, &Renamed::from) != renamed.end() ||
           std::ranges::find(reshaped, name) != reshaped.end();
}

Result<object> generation_config(
    const object& given,
    const ChatRequest& chat,
    const Deployment& deployment,
    std::vector<std::string>& warnings
)
{
    return Generation(given, deployment, warnings).build(chat);
}

}  // namespace sluice::gemini
