#include "providers/gemini/models.hpp"

#include <algorithm>
#include <array>

namespace sluice::gemini {
namespace {

constexpr std::array<std::string_view, 5> off_to_high{"none", "minimal", "low", "medium", "high"};
constexpr std::array<std::string_view, 4> minimal_to_high{"minimal", "low", "medium", "high"};
constexpr std::array<std::string_view, 3> low_to_high{"low", "medium", "high"};
constexpr std::array<std::string_view, 2> minimal_or_high{"minimal", "high"};

struct Known {
    std::string_view prefix;
    ModelRules rules;
};

constexpr ModelRules graded{Thinking::level, low_to_high, true};
constexpr ModelRules from_minimal{Thinking::level, minimal_to_high, true};

/// The bare "gemini-" is for generations to come.
constexpr std::array families{
    Known{"gemini-", graded},
    Known{"gemini-1", {}},
    Known{"gemini-2.0", {}},
    Known{"gemini-2.5", {Thinking::budget, off_to_high, false}},
    Known{"gemini-2.5-pro", {Thinking::budget, minimal_to_high, false}},  // cannot be turned off
    Known{"gemini-3-flash", from_minimal},
    Known{"gemini-3.1-flash", from_minimal},
    Known{"gemini-3.5-flash", from_minimal},
    Known{"gemini-3.6-flash", from_minimal},
    Known{"gemini-flash", from_minimal},
    Known{"gemini-robotics-er-2", from_minimal},
    Known{"gemma-4", {Thinking::level, minimal_or_high, false}},
};

struct Budget {
    std::string_view effort;
    std::int64_t tokens;
};

/// Each lies within what every model of 2.5 accepts: 512 is the least that Flash-Lite takes, 24,576
/// the most that Flash does.
constexpr std::array budgets{
    Budget{"none", 0},
    Budget{"minimal", 512},
    Budget{"low", 1024},
    Budget{"medium", 8192},
    Budget{"high", 24576},
};

constexpr std::int64_t budget_of_its_own_choice = -1;

}  // namespace

const ModelRules& rules_of(std::string_view model)
{
    static constexpr ModelRules unknown;
    const auto id = bare_id(model);
    const Known* longest = nullptr;
    for (const auto& family : families)
        if (id.starts_with(family.prefix) &&
            (!longest || family.prefix.size() > longest->prefix.size()))
            longest = &family;
    return longest ? longest->rules : unknown;
}

std::int64_t budget_of(std::string_view effort)
{
    const auto found = std::ranges::find(budgets, effort, &Budget::effort);
    return found == budgets.end() ? budget_of_its_own_choice : found->tokens;
}

std::string_view bare_id(std::string_view model)
{
    constexpr std::string_view collection = "models/";
    return model.starts_with(collection) ? model.substr(collection.size()) : model;
}

}  // namespace sluice::gemini
