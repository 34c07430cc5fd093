#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace sluice::anthropic {

/// How a model is made to think.
enum class Thinking {
    unknown,     ///< may think; not told how
    budget,      ///< off unless a budget of tokens is set
    adaptive,    ///< off unless it is told to think as it sees fit
    by_default,  ///< on, and as it sees fit, unless it is told not to
};

/// What a model takes and gives (provider-apis.md 3.1 and model-prices.json).
struct ModelRules {
    std::int64_t max_output = 0;  ///< 0: not known
    bool sampling = false;        ///< takes temperature, top_p, top_k
    Thinking thinking = Thinking::unknown;
    std::span<const std::string_view> efforts{};  ///< weakest first; empty: takes no effort
};
/// By the longest known beginning of the model's id. A model not known is taken for a newer one:
/// without sampling fields every model takes a request.
ModelRules rules_for(std::string_view model);

}  // namespace sluice::anthropic
