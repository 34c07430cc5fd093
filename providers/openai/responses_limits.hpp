#pragma once

#include "providers/openai/capabilities.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace sluice::openai {

/// What a model takes in one call of /responses, beside the effort that counts there.
class ResponsesLimits {
public:
    /// asked: the effort that the caller wants; empty: none.
    ResponsesLimits(const ModelRules& rules, std::string_view asked)
        : rules_(rules), effort_(effective_effort(rules, asked, true))
    {
    }

    /// Empty where the model does not reason.
    const std::string& effort() const { return effort_; }
    /// True where it takes a temperature or top_p of this value, or log probabilities (nullopt).
    bool takes_sampling(std::optional<double> value) const;
    bool takes_verbosity(std::string_view verbosity) const
    {
        return rules_.verbosity || verbosity == "medium";
    }
    bool takes_parallel_tool_calls() const { return rules_.parallel_tool_calls; }
    /// True for models that are known to reason: their thoughts can be had encrypted.
    bool reasons() const { return !rules_.prefix.empty() && !rules_.efforts.empty(); }

private:
    const ModelRules& rules_;
    std::string effort_;
};

}  // namespace sluice::openai
