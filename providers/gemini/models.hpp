#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace sluice::gemini {

/// How a generation of models is told how much to think.
enum class Thinking {
    none,    ///< not at all
    budget,  ///< thinkingBudget, in tokens
    level    ///< thinkingLevel, a word
};

/// What sets one family of models apart.
struct ModelRules {
    Thinking thinking = Thinking::none;
    std::span<const std::string_view> efforts;  ///< accepted, weakest first
    bool signs_calls = false;  ///< refuses a tool call of the history that bears no signature
};
/// By the longest prefix of the model's id that is known; an unknown family does not think.
const ModelRules& rules_of(std::string_view model);

/// The thinking budget for an effort that a model with budgets accepts.
std::int64_t budget_of(std::string_view effort);

/// The id without the "models/" that Google's own list puts before it.
std::string_view bare_id(std::string_view model);

}  // namespace sluice::gemini
