#include "dispatch/course.hpp"

#include "core/ids.hpp"
#include "telemetry/log.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <memory>
#include <utility>

namespace sluice {

namespace {

using namespace std::chrono_literals;

constexpr auto refused_key_rests = 30s;
constexpr auto empty_purse_rests = 10min;
constexpr auto gone_model_rests = 60s;

/// What one failure teaches about the target and its key, for the requests to come.
void take_note(const Error& error, Target& target, TimePoint now)
{
    const bool named = target.model != "other";  // one odd model must not stop all the unnamed ones
    switch (error.kind) {
        case ErrorKind::rate_limited:
            if (error.retry_after && named)
                target.cooldown.start(now + *error.retry_after, error.kind);
            break;
        case ErrorKind::model_gone:
            if (named) target.cooldown.start(now + gone_model_rests, error.kind);
            break;
        case ErrorKind::credential_refused:
            target.key.cooldown.start(now + refused_key_rests, error.kind);
            break;
        case ErrorKind::quota_exhausted:
            target.key.cooldown.start(now + empty_purse_rests, error.kind);
            break;
        default: return;
    }
    LogLine(LogLevel::warn, "target rests")
        .text("provider", target.provider)
        .text("model", target.model)
        .text("reason", code_of(error.kind))
        .write();
}

/// Why a target is not to be asked now; nullopt: it may be.
std::optional<Error> resting(const Target& target, TimePoint now)
{
    auto refusal = target.key.cooldown.refusal(now);
    if (!refusal) refusal = target.cooldown.refusal(now);
    if (refusal) refusal->provider = target.provider;
    return refusal;
}

Error open_circuit(const Target& target, TimePoint now)
{
    Error error{.kind = ErrorKind::circuit_open, .provider = target.provider};
    error.message =
        concat("the circuit breaker of ", target.provider, "/", target.model, " is open");
    const auto wait = target.breaker.retry_after(now);
    error.retry_after = wait > 0ms ? wait : 1000ms;  // half-open: its probes are out
    return error;
}

}  // namespace

Leg::Leg(const Candidate& whose, const std::string& own_key)
    : candidate(whose), left_out(whose.unsupported.begin(), whose.unsupported.end())
{
    if (own_key.empty())
        std::ranges::move(target().learned(whose.model), std::back_inserter(left_out));
    else
        own = std::make_unique<const Endpoint>(with_own_key(whose.provider->endpoint, own_key));
}

bool Course::is_out(const Candidate& candidate) const
{
    // The caller's key goes to the first provider only.
    if (!context_.own_key.empty() && candidate.provider != plan_.candidates.front().provider)
        return true;
    return too_small_window_ > 0 && candidate.context_window > 0 &&
           candidate.context_window <= too_small_window_;
}

bool Course::next()
{
    if (ended_) return false;
    const auto& candidates = plan_.candidates;
    while (next_ < candidates.size() && is_out(candidates[next_])) ++next_;
    if (next_ == candidates.size()) return false;
    if (leg_) leg_->target().metrics.fallback(*reason_);
    leg_.emplace(candidates[next_++], context_.own_key);
    return true;
}

Result<TargetAccount> Course::enter(TimePoint now)
{
    auto& leg = *leg_;
    auto& target = leg.target();
    std::optional<CircuitBreaker::Permit> permit;
    leg.sent.reset();
    if (leg.shared()) {
        if (leg.tries == 1) target.budget.earn();
        auto refusal = resting(target, now);
        if (!refusal && !(permit = target.breaker.admit(now))) refusal = open_circuit(target, now);
        leg.refused = refusal.has_value();
        if (refusal) return std::unexpected(std::move(*refusal));
    }
    return TargetAccount(target, permit, leg.candidate.provider->config->breaker.slow_call, now);
}

Decision Course::after(const Error& error, bool repeatable, TimePoint now, double random)
{
    auto& leg = *leg_;
    auto& target = leg.target();
    if (leg.shared() && !leg.refused) take_note(error, target, now);
    if (!repeatable) return {Verdict::give_up};
    // Nobody waits for a resting target while there is another.
    if (leg.refused && next_ < plan_.candidates.size()) return {Verdict::fall_back};
    const Situation situation{
        .tries = leg.tries,
        .repaired = repaired_,
        .budget_left = !leg.shared() || target.budget.left(),
        .fall_back_on_filter = plan_.fall_back_on_filter,
        .remaining = std::chrono::duration_cast<milliseconds>(context_.deadline - now),
    };
    const auto decision = decide(error, leg.candidate.provider->config->retry, situation, random);
    if (decision.verdict == Verdict::retry_repaired) {  // which does not count as a retry
        repaired_ = true;
        leg.left_out.push_back(error.repair);
        if (leg.shared() && !error.repair.contains('.'))
            target.learn(leg.candidate.model, error.repair);
    }
    if (decision.verdict == Verdict::retry_same) {
        ++leg.tries;
        if (leg.shared()) target.budget.spend();
        target.metrics.retry(error.kind);
    }
    return decision;
}

void Course::failed(Error error, Verdict verdict)
{
    ended_ = verdict == Verdict::give_up;
    reason_ = error.kind;
    if (error.kind == ErrorKind::context_too_long)
        too_small_window_ = std::max(too_small_window_, leg_->candidate.context_window);
    if (error.retry_after && (!soonest_ || *error.retry_after < *soonest_))
        soonest_ = error.retry_after;

    const bool ends_all =
        error.kind == ErrorKind::cancelled || error.kind == ErrorKind::deadline_exceeded;
    const bool asked = !leg_->refused && error.kind != ErrorKind::unfit;
    if (chosen_ && !ends_all && (chosen_was_asked_ || !asked)) return;
    chosen_ = std::move(error);
    chosen_was_asked_ = asked;
}

Error Course::verdict()
{
    if (!chosen_) return {.kind = ErrorKind::not_configured, .message = "no target is usable"};
    if (chosen_->retry_after) chosen_->retry_after = soonest_;
    return std::move(*chosen_);
}

}  // namespace sluice
