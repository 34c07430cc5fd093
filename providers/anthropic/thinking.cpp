#include "providers/anthropic/thinking.hpp"

#include "core/error.hpp"
#include "providers/openai_dialect/fields.hpp"
#include "providers/tree.hpp"

#include <algorithm>
#include <array>

namespace sluice::anthropic {
namespace {

using boost::json::object;
using openai_dialect::clamped;
using openai_dialect::dropped;

constexpr std::int64_t smallest_budget = 1024;

/// Tokens to think in, for models that know no effort.
std::int64_t budget_of(std::string_view effort)
{
    struct Budget {
        std::string_view effort;
        std::int64_t tokens;
    };
    constexpr std::array budgets{
        Budget{"minimal", smallest_budget},
        Budget{"low", 2048},
        Budget{"medium", 8192},
        Budget{"high", 16'384},
    };
    constexpr std::int64_t largest = 32'000;
    const auto found = std::ranges::find(budgets, effort, &Budget::effort);
    return found == budgets.end() ? largest : found->tokens;
}

/// Half of the tokens at most: thinking counts among them, and an answer is to follow it.
object budget_within(std::int64_t max_tokens, std::string_view effort)
{
    const auto most = std::max(smallest_budget, max_tokens / 2);
    return {{"type", "enabled"}, {"budget_tokens", std::min(budget_of(effort), most)}};
}

/// "disabled" goes with no more than high effort.
std::string_view effort_without_thinking(std::string_view effort)
{
    return effort == "xhigh" || effort == "max" ? "high" : effort;
}

bool is_disabled(const object& thinking)
{
    return tree::string_at(thinking, "type") == "disabled";
}

class Planner {
public:
    Planner(
        const ThinkingWish& wish,
        std::string_view model,
        const ModelRules& rules,
        std::vector<std::string>& warnings
    )
        : wish_(wish), model_(model), rules_(rules), warnings_(warnings)
    {
    }

    ThinkingPlan plan();

private:
    const ThinkingWish& wish_;
    std::string_view model_;
    const ModelRules& rules_;
    std::vector<std::string>& warnings_;
    ThinkingPlan plan_;

    void turn_on();
    void turn_off();
    void take_effort(std::string_view effort);
    std::string_view asked_by() const { return wish_.own ? "thinking" : "reasoning_effort"; }
};

ThinkingPlan Planner::plan()
{
    const bool asks_none = wish_.own ? is_disabled(*wish_.own) : wish_.effort == "none";
    const bool asks = !asks_none && (wish_.own || !wish_.effort.empty());
    const bool off = asks_none || !wish_.obstacle.empty();
    if (asks && off)
        warnings_.push_back(concat(asked_by(), ": no thinking in this call: ", wish_.obstacle));
    if (off)
        turn_off();
    else if (asks)
        turn_on();
    else
        plan_.on = rules_.thinking == Thinking::by_default || rules_.thinking == Thinking::unknown;
    if (wish_.effort != "none") take_effort(wish_.effort);
    return std::move(plan_);
}

void Planner::turn_on()
{
    plan_.on = true;
    if (wish_.own) {
        plan_.thinking = *wish_.own;
    } else if (!rules_.efforts.empty()) {
        plan_.thinking = {{"type", "adaptive"}};
    } else if (rules_.thinking == Thinking::budget && wish_.max_tokens > smallest_budget) {
        plan_.thinking = budget_within(wish_.max_tokens, wish_.effort);
    } else {
        plan_.on = false;
        warnings_.push_back(dropped("reasoning_effort", model_));
    }
}

void Planner::turn_off()
{
    if (rules_.thinking == Thinking::by_default) plan_.thinking = {{"type", "disabled"}};
}

void Planner::take_effort(std::string_view effort)
{
    if (effort.empty() || rules_.efforts.empty()) return;
    plan_.effort = openai_dialect::nearest_effort(effort, rules_.efforts);
    if (is_disabled(plan_.thinking)) plan_.effort = effort_without_thinking(plan_.effort);
    if (plan_.effort != effort)
        warnings_.push_back(clamped("reasoning_effort", effort, model_, plan_.effort));
}

}  // namespace

ThinkingPlan plan_thinking(
    const ThinkingWish& wish,
    std::string_view model,
    const ModelRules& rules,
    std::vector<std::string>& warnings
)
{
    return Planner(wish, model, rules, warnings).plan();
}

}  // namespace sluice::anthropic
