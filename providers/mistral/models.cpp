#include "providers/mistral/models.hpp"

#include <array>

namespace sluice::mistral {
namespace {

constexpr std::array<std::string_view, 2> off_or_on{"none", "high"};
constexpr std::array<std::string_view, 3> graded{"low", "medium", "high"};
constexpr std::array<std::string_view, 3> off_to_max{"none", "high", "max"};
constexpr std::array<std::string_view, 3> low_to_max{"low", "high", "max"};
constexpr std::array<std::string_view, 4> none_low_to_max{"none", "low", "high", "max"};

struct Known {
    std::string_view prefix;
    Reasoning reasoning;
};

/// The older dated versions of Small and Medium do not reason, hence no bare "mistral-small".
constexpr std::array reasoning_models{
    Known{"mistral-small-latest", {true, off_or_on}},
    Known{"mistral-small-2603", {true, off_or_on}},
    Known{"mistral-small-4", {true, off_or_on}},
    Known{"mistral-medium-latest", {true, off_or_on}},
    Known{"mistral-medium-2604", {true, off_or_on}},
    Known{"mistral-medium-3.5", {true, off_or_on}},
    Known{"mistral-medium-3-5", {true, off_or_on}},
    Known{"mistral-large-4", {true, graded}},
    Known{"magistral-", {true, {}}},  // always reasons
    Known{"labs-leanstral-", {true, off_or_on}},
    Known{"deepseek-v4", {true, none_low_to_max}},
    Known{"glm-5-2", {true, off_to_max}},
    Known{"zai-glm-5-2", {true, off_to_max}},
    Known{"zai-glm-5-3", {true, low_to_max}},
};

}  // namespace

Reasoning reasoning_of(std::string_view model)
{
    for (const auto& known : reasoning_models)
        if (model.starts_with(known.prefix)) return known.reasoning;
    return {};
}

Dimensions dimensions_of(std::string_view model)
{
    if (model.starts_with("codestral-embed")) return {.largest = 3072};
    if (model.starts_with("mistral-embed")) return {.fixed = 1024};
    return {};
}

}  // namespace sluice::mistral
