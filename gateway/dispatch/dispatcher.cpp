#include "dispatch/dispatcher.hpp"

#include "core/ids.hpp"
#include "dispatch/attempt.hpp"
#include "resilience/retry_policy.hpp"
#include "telemetry/log.hpp"

#include <boost/asio/basic_waitable_timer.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

namespace sluice {

namespace {

using namespace std::chrono_literals;

constexpr auto refused_key_rests = 30s;
constexpr auto empty_purse_rests = 10min;
constexpr auto gone_model_rests = 60s;

/// What one failure teaches about the target and its key, for the requests to come.
void take_note(const Error& error, Target& target)
{
    const auto now = Clock::now();
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

/// Of the failures of all targets, the one the caller gets.
class Verdicts {
public:
    /// asked: the target itself was, so that the error says something about this request.
    void add(Error error, bool asked)
    {
        if (error.retry_after && (!soonest_ || *error.retry_after < *soonest_))
            soonest_ = error.retry_after;
        const bool ends_all =
            error.kind == ErrorKind::cancelled || error.kind == ErrorKind::deadline_exceeded;
        asked = asked && error.kind != ErrorKind::unfit;
        if (chosen_ && !ends_all && (asked_ || !asked)) return;
        chosen_ = std::move(error);
        asked_ = asked;
    }
    Error take()
    {
        if (!chosen_)
            return Error{.kind = ErrorKind::not_configured, .message = "no target is usable"};
        if (chosen_->retry_after) chosen_->retry_after = soonest_;
        return std::move(*chosen_);
    }

private:
    std::optional<Error> chosen_;
    bool asked_ = false;
    std::optional<milliseconds> soonest_;
};

/// Why a target is not to be asked now; nullopt: it may be.
std::optional<Error> refused(const Target& target, TimePoint now)
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

/// One candidate's turn.
struct Dispatcher::Leg {
    const Candidate& candidate;
    const Endpoint& endpoint;
    bool shared;  ///< uses the configured key, so its fate concerns others
    bool targets_left;
    bool fall_back_on_filter;
    bool& repaired;  ///< of the whole request
    std::vector<std::string> left_out{};
    bool refused = false;                ///< out: the last try was not even made
    Verdict verdict = Verdict::give_up;  ///< out: what to do after its failure
};

Task<Result<Dispatched>> Dispatcher::run(Job& job, const Plan& plan, RequestContext& context)
{
    Verdicts verdicts;
    bool repaired = false;
    std::int64_t too_small_window = 0;
    const auto& first = *plan.candidates.front().provider;
    const Target* failed = nullptr;
    std::optional<ErrorKind> reason;

    for (std::size_t i = 0; i < plan.candidates.size(); ++i) {
        const auto& candidate = plan.candidates[i];
        const bool own = !context.own_key.empty();
        if (own && candidate.provider != &first)
            continue;  // the caller's key goes to that provider only
        if (too_small_window > 0 && candidate.context_window > 0 &&
            candidate.context_window <= too_small_window)
            continue;

        const auto& configured = candidate.provider->endpoint;
        const auto endpoint = own ? with_own_key(configured, context.own_key) : configured;
        if (failed) failed->metrics.fallback(*reason);
        Leg leg{
            .candidate = candidate,
            .endpoint = endpoint,
            .shared = !own,
            .targets_left = i + 1 < plan.candidates.size(),
            .fall_back_on_filter = plan.fall_back_on_filter,
            .repaired = repaired,
        };
        auto answered = co_await try_candidate(job, leg, context);
        if (answered) co_return answered;

        failed = candidate.target;
        reason = answered.error().kind;
        if (*reason == ErrorKind::context_too_long)
            too_small_window = std::max(too_small_window, candidate.context_window);
        verdicts.add(std::move(answered).error(), !leg.refused);
        if (leg.verdict == Verdict::give_up) break;
    }
    co_return std::unexpected(verdicts.take());
}

Task<Result<Dispatched>> Dispatcher::try_candidate(Job& job, Leg& leg, RequestContext& context)
{
    auto& target = *leg.candidate.target;
    leg.left_out.assign(leg.candidate.unsupported.begin(), leg.candidate.unsupported.end());
    if (leg.shared)
        std::ranges::copy(target.learned(leg.candidate.model), std::back_inserter(leg.left_out));

    for (int tries = 1;; ++tries) {
        if (leg.shared && tries == 1) target.budget.earn();
        auto answered = co_await ask(job, leg, context);
        if (answered) co_return answered;

        auto& error = answered.error();
        if (!job.repeatable()) co_return answered;
        if (leg.refused &&
            leg.targets_left) {  // nobody waits for a resting target while there is another
            leg.verdict = Verdict::fall_back;
            co_return answered;
        }
        const Situation situation{
            .tries = tries,
            .repaired = leg.repaired,
            .budget_left = !leg.shared || target.budget.left(),
            .fall_back_on_filter = leg.fall_back_on_filter,
            .remaining = std::chrono::duration_cast<milliseconds>(context.deadline - Clock::now()),
        };
        const auto decision =
            decide(error, leg.candidate.provider->config->retry, situation, random_unit());
        leg.verdict = decision.verdict;
        if (decision.verdict == Verdict::retry_repaired) {
            leg.repaired = true;
            leg.left_out.push_back(error.repair);
            if (leg.shared && !error.repair.contains('.'))
                target.learn(leg.candidate.model, error.repair);
            --tries;  // a repair is not a retry
            continue;
        }
        if (decision.verdict != Verdict::retry_same) co_return answered;
        if (leg.shared) target.budget.spend();
        target.metrics.retry(error.kind);
        auto paused = co_await pause(decision.delay, context);
        if (!paused) {
            leg.verdict = Verdict::give_up;
            co_return std::unexpected(std::move(paused).error());
        }
    }
}

Task<Result<Dispatched>> Dispatcher::ask(Job& job, Leg& leg, RequestContext& context)
{
    auto& target = *leg.candidate.target;
    const auto started = Clock::now();
    const auto span_id = context.traced ? context.open_attempt_span() : ShortText<16>();
    const auto record = [&](const Error* error) {
        const auto answered = Clock::now();
        context.attempts.push_back({
            .provider = leg.endpoint.provider,
            .model = leg.candidate.model,
            .error = error ? std::optional(error->kind) : std::nullopt,
            .status = error ? error->upstream_status : 200,
            .took = std::chrono::duration_cast<milliseconds>(answered - started),
            .started = started,
            .answered = answered,
            .ended = answered,
            .stream = job.streaming(),
            .provider_type = leg.candidate.provider->entry->type,
            .span_id = span_id,
            .origin = context.traced ? leg.endpoint.origin : Origin{},
        });
    };

    std::optional<CircuitBreaker::Permit> permit;
    if (leg.shared) {
        auto refusal = refused(target, started);
        if (!refusal && !(permit = target.breaker.admit(started)))
            refusal = open_circuit(target, started);
        leg.refused = refusal.has_value();
        if (refusal) {
            record(&*refusal);
            co_return std::unexpected(std::move(*refusal));
        }
    }
    TargetAccount account(target, permit, leg.candidate.provider->config->breaker.slow_call);
    auto& pool = pools_.of(*leg.candidate.provider->config);
    auto outcome = co_await attempt(job, pool, leg.candidate, leg.endpoint, leg.left_out, context);
    if (!outcome) {
        auto& error = outcome.error();
        account.settle(blamed_on_target(error.kind, context.caller_deadline));
        if (leg.shared) take_note(error, target);
        record(&error);
        co_return std::unexpected(std::move(error));
    }
    account.answered();
    record(nullptr);
    co_return Dispatched{&leg.candidate, std::move(account)};
}

Task<Result<void>> Dispatcher::pause(milliseconds delay, RequestContext& context)
{
    const auto started = Clock::now();
    asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, Executor> timer(
        context_.get_executor(), delay
    );
    const auto [error] = co_await timer.async_wait(no_throw);
    context.waited += Clock::now() - started;
    if (error) co_return fail(ErrorKind::cancelled, "the caller left");
    co_return Result<void>{};
}

}  // namespace sluice
