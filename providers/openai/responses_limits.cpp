#include "providers/openai/responses_limits.hpp"

#include <utility>

namespace sluice::openai {

bool ResponsesLimits::takes_sampling(std::optional<double> value) const
{
    switch (rules_.sampling) {
        case Sampling::always: return true;
        case Sampling::at_default: return value == 1.0;
        case Sampling::without_reasoning: return effort_ == "none";
        case Sampling::never: return false;
    }
    std::unreachable();
}

}  // namespace sluice::openai
