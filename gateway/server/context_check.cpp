#include "server/context_check.hpp"

#include "server/token_counting.hpp"

#include <algorithm>
#include <string>

namespace sluice {

namespace {

enum class Fit : char { fits, too_long_by_estimate, too_long };

/// A token has a byte at least, so that most prompts need no counting.
bool may_be_too_long(const Candidate& candidate, std::size_t bytes)
{
    return candidate.context_window > 0 &&
           static_cast<std::size_t>(candidate.context_window) < bytes;
}

Fit fit_of(const TokenCounter& counter, const Candidate& candidate, const json::Document& chat)
{
    if (!may_be_too_long(candidate, chat.text().size())) return Fit::fits;
    const auto count = counter.count_chat(candidate.model, candidate.provider->entry->type, chat);
    if (count.tokens <= candidate.context_window) return Fit::fits;
    return count.exact ? Fit::too_long : Fit::too_long_by_estimate;
}

std::unexpected<Error> too_long_for_all(const Plan& plan)
{
    const auto largest = std::ranges::max(plan.candidates, {}, &Candidate::context_window);
    return fail(
        ErrorKind::context_too_long,
        concat(
            "the prompt is longer than the context window of ",
            largest.model,
            ", which has ",
            std::to_string(largest.context_window),
            " tokens"
        )
    );
}

}  // namespace

bool context_is_doubtful(const ChatRequest& chat, const Plan& plan)
{
    const auto bytes = chat.document.text().size();
    return std::ranges::any_of(plan.candidates, [&](const Candidate& candidate) {
        return may_be_too_long(candidate, bytes);
    });
}

Task<Result<void>> check_context(Visit& visit, const ChatRequest& chat, Plan& plan)
{
    const auto bytes = chat.document.text().size();
    const auto fits = co_await count_aside(visit.services, bytes, [&] {
        std::string out;
        for (const auto& candidate : plan.candidates)
            out += static_cast<char>(fit_of(visit.services.tokens, candidate, chat.document));
        return out;
    });
    Candidates left;
    Candidates doubtful;
    for (std::size_t i = 0; i < fits.size(); ++i) {
        const auto fit = static_cast<Fit>(fits[i]);
        if (fit == Fit::fits) left.push_back(plan.candidates[i]);
        if (fit == Fit::too_long_by_estimate) doubtful.push_back(plan.candidates[i]);
    }
    if (left.empty()) left = std::move(doubtful);
    if (left.empty() && !fits.empty()) co_return too_long_for_all(plan);
    if (!left.empty()) plan.candidates = std::move(left);
    co_return Result<void>{};
}

}  // namespace sluice
