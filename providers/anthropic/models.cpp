#include "providers/anthropic/models.hpp"

#include <array>

namespace sluice::anthropic {
namespace {

constexpr std::array<std::string_view, 4> without_xhigh{"low", "medium", "high", "max"};
constexpr std::array<std::string_view, 5> low_to_max{"low", "medium", "high", "xhigh", "max"};

struct Known {
    std::string_view prefix;
    ModelRules rules;
};

constexpr std::array known_models{
    Known{"claude-fable-5", {128'000, false, Thinking::by_default, low_to_max}},
    Known{"claude-opus-5", {128'000, false, Thinking::by_default, low_to_max}},
    Known{"claude-opus-4-8", {128'000, false, Thinking::adaptive, low_to_max}},
    Known{"claude-opus-4-7", {128'000, false, Thinking::adaptive, low_to_max}},
    Known{"claude-opus-4-6", {128'000, true, Thinking::adaptive, without_xhigh}},
    Known{"claude-opus-4-5", {64'000, true, Thinking::budget}},
    Known{"claude-sonnet-5", {128'000, false, Thinking::by_default, low_to_max}},
    Known{"claude-sonnet-4-6", {128'000, true, Thinking::adaptive, without_xhigh}},
    Known{"claude-sonnet-4-5", {64'000, true, Thinking::budget}},
    Known{"claude-haiku-5-5", {128'000, false, Thinking::by_default, low_to_max}},
    Known{"claude-haiku-4-5", {64'000, true, Thinking::budget}},
};

}  // namespace

ModelRules rules_for(std::string_view model)
{
    Known best{};
    for (const auto& known : known_models)
        if (model.starts_with(known.prefix) && known.prefix.size() > best.prefix.size())
            best = known;
    return best.rules;
}

}  // namespace sluice::anthropic
