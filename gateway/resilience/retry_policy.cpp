#include "resilience/retry_policy.hpp"

#include "resilience/backoff.hpp"

#include <utility>

namespace sluice {

namespace {

/// The same target again after a wait, where tries, budget and time allow; else the next one.
Decision again(
    const Error& error,
    milliseconds base,
    const RetryConfig& config,
    const Situation& situation,
    double random
)
{
    constexpr Decision next{Verdict::fall_back};
    if (situation.tries >= config.max_attempts || !situation.budget_left) return next;

    const auto asked = error.retry_after.value_or(milliseconds(0));
    if (asked > config.max_wait) return next;
    const auto delay = asked > milliseconds(0)
                           ? jittered_wait(asked, random)
                           : backoff(situation.tries, base, config.max_delay, random);
    if (delay >= situation.remaining) return next;
    return {Verdict::retry_same, delay};
}

}  // namespace

Decision decide(
    const Error& error, const RetryConfig& config, const Situation& situation, double random
)
{
    switch (error.kind) {
        case ErrorKind::connect_timeout:
        case ErrorKind::unreachable:
        case ErrorKind::server_error:
        case ErrorKind::bad_response:
        case ErrorKind::rate_limited:
            return again(error, config.base_delay, config, situation, random);
        case ErrorKind::overloaded:  // it needs longer to recover
            return again(error, 2 * config.base_delay, config, situation, random);

        case ErrorKind::response_timeout:  // a silent target is not asked again
        case ErrorKind::first_token_timeout:
        case ErrorKind::idle_timeout:
        case ErrorKind::credential_refused:
        case ErrorKind::quota_exhausted:
        case ErrorKind::model_gone:
        case ErrorKind::context_too_long:
        case ErrorKind::circuit_open:
        case ErrorKind::not_configured:
        case ErrorKind::unfit: return {Verdict::fall_back};

        case ErrorKind::unsupported_parameter:
            return {
                error.repair.empty() || situation.repaired ? Verdict::give_up
                                                           : Verdict::retry_repaired
            };
        case ErrorKind::content_filtered:
            return {situation.fall_back_on_filter ? Verdict::fall_back : Verdict::give_up};

        case ErrorKind::malformed:
        case ErrorKind::invalid_request:
        case ErrorKind::unauthorized:
        case ErrorKind::not_found:
        case ErrorKind::method_not_allowed:
        case ErrorKind::unknown_provider:
        case ErrorKind::payload_too_large:
        case ErrorKind::cancelled:
        case ErrorKind::internal:
        case ErrorKind::limited:
        case ErrorKind::overloaded_here:
        case ErrorKind::deadline_exceeded:
        case ErrorKind::rejected:
        case ErrorKind::stream_interrupted:  // the caller has seen a part of the answer
            return {Verdict::give_up};
    }
    std::unreachable();
}

}  // namespace sluice
