#pragma once

#include "providers/anthropic/models.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::anthropic {

/// What one call does about thinking.
struct ThinkingPlan {
    bool on = false;               ///< the model may think
    boost::json::object thinking;  ///< the body's member; empty: none
    std::string_view effort;       ///< of output_config; empty: none
};

/// What decides it.
struct ThinkingWish {
    std::string_view effort;                   ///< reasoning_effort; empty: none
    const boost::json::object* own = nullptr;  ///< the caller's, in Anthropic's words
    std::int64_t max_tokens = 0;
    std::string_view obstacle;  ///< why the model cannot think in this call; empty: it can
};

/// The nearest to the wish that the model takes; what differs from it adds a warning.
ThinkingPlan plan_thinking(
    const ThinkingWish& wish,
    std::string_view model,
    const ModelRules& rules,
    std::vector<std::string>& warnings
);

}  // namespace sluice::anthropic
