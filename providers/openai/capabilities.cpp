#include "providers/openai/capabilities.hpp"

#include "providers/openai_dialect/fields.hpp"

#include <array>

namespace sluice::openai {
namespace {

using Efforts = std::span<const std::string_view>;

/// All efforts there are, weakest first; the lists below are stretches of it.
constexpr std::array<std::string_view, 7> scale{
    "none", "minimal", "low", "medium", "high", "xhigh", "max"
};
constexpr std::array<std::string_view, 6> none_to_max{
    "none", "low", "medium", "high", "xhigh", "max"
};
constexpr Efforts none_to_xhigh = Efforts(none_to_max).first(5);
constexpr Efforts none_to_high = Efforts(none_to_max).first(4);
constexpr Efforts minimal_to_high = Efforts(scale).subspan(1, 4);
constexpr Efforts low_to_high = Efforts(scale).subspan(2, 3);
constexpr Efforts low_to_xhigh = Efforts(scale).subspan(2, 4);
constexpr Efforts low_to_max = Efforts(scale).subspan(2, 5);
constexpr Efforts medium_to_xhigh = Efforts(scale).subspan(3, 3);
constexpr Efforts high_only = Efforts(scale).subspan(4, 1);

constexpr ModelRules unknown{.prefix = "", .efforts = scale, .default_effort = ""};

constexpr ModelRules plain(std::string_view prefix)
{
    return {.prefix = prefix, .efforts = {}, .default_effort = "", .verbosity = false};
}

constexpr ModelRules o_series(std::string_view prefix)
{
    return {
        .prefix = prefix,
        .efforts = low_to_high,
        .default_effort = "medium",
        .sampling = Sampling::at_default,
        .parallel_tool_calls = false
    };
}

/// Models that reason or do not, as the effort says.
constexpr ModelRules switchable(
    std::string_view prefix, Efforts efforts, std::string_view default_effort, ChatTools chat_tools
)
{
    return {
        .prefix = prefix,
        .efforts = efforts,
        .default_effort = default_effort,
        .sampling = Sampling::without_reasoning,
        .chat_tools = chat_tools
    };
}

constexpr ModelRules always_reasoning(std::string_view prefix)
{
    return {
        .prefix = prefix,
        .efforts = low_to_xhigh,
        .default_effort = "medium",
        .sampling = Sampling::never,
        .chat_tools = ChatTools::never,
        .max_effort_on_responses = true
    };
}

constexpr ModelRules pro(std::string_view prefix, Efforts efforts, std::string_view default_effort)
{
    return {
        .prefix = prefix,
        .efforts = efforts,
        .default_effort = default_effort,
        .sampling = Sampling::never,
        .chat_tools = ChatTools::never
    };
}

/// What begins like another stands before it: the first that fits is the longest.
constexpr std::array table{
    always_reasoning("gpt-6.1-sol"),
    always_reasoning("gpt-6-astra"),
    switchable("gpt-6", none_to_max, "medium", ChatTools::without_reasoning),
    pro("gpt-5.5-pro", medium_to_xhigh, "medium"),
    switchable("gpt-5.5", none_to_xhigh, "medium", ChatTools::without_reasoning),
    pro("gpt-5.4-pro", medium_to_xhigh, "medium"),
    switchable("gpt-5.4", none_to_xhigh, "none", ChatTools::without_reasoning),
    pro("gpt-5.2-pro", medium_to_xhigh, "medium"),
    switchable("gpt-5.2", none_to_xhigh, "none", ChatTools::always),
    switchable("gpt-5.1", none_to_high, "none", ChatTools::always),
    // Versions that are not listed follow the newest of their generation.
    switchable("gpt-5.", none_to_max, "medium", ChatTools::without_reasoning),
    pro("gpt-5-pro", high_only, "high"),
    ModelRules{
        .prefix = "gpt-5",
        .efforts = minimal_to_high,
        .default_effort = "medium",
        .sampling = Sampling::at_default
    },
    o_series("o4"),
    o_series("o3"),
    o_series("o1"),
    plain("chatgpt-4o"),
    plain("gpt-4"),
    plain("gpt-3.5"),
};
static_assert([] {
    for (auto one = table.begin(); one != table.end(); ++one)
        for (auto later = one + 1; later != table.end(); ++later)
            if (later->prefix.starts_with(one->prefix)) return false;
    return true;
}());

/// The prefixes begin alike, so that their last character tells most of them from the model.
bool begins_with(std::string_view model, std::string_view prefix)
{
    const auto last = prefix.size() - 1;
    return last < model.size() && model[last] == prefix[last] && model.starts_with(prefix);
}

}  // namespace

const ModelRules& rules_for(std::string_view model)
{
    if (model.starts_with("ft:")) model.remove_prefix(3);
    for (const auto& rules : table)
        if (begins_with(model, rules.prefix)) return rules;
    return unknown;
}

bool is_responses_only(std::string_view model)
{
    constexpr std::string_view mark = "-pro";
    if (!model.starts_with("gpt-") && !model.starts_with("o")) return false;
    const auto at = model.find(mark);
    if (at == model.npos) return false;
    const auto rest = model.substr(at + mark.size());
    return rest.empty() || rest.front() == '-';
}

std::string_view effective_effort(
    const ModelRules& rules, std::string_view asked, bool on_responses
)
{
    if (rules.efforts.empty()) return {};
    if (asked.empty()) return rules.default_effort;
    const bool with_max = on_responses && rules.max_effort_on_responses;
    return openai_dialect::nearest_effort(asked, with_max ? low_to_max : rules.efforts);
}

}  // namespace sluice::openai
