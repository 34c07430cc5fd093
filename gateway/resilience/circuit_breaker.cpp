#include "resilience/circuit_breaker.hpp"

#include "resilience/backoff.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace sluice {

std::string_view to_string(BreakerState state)
{
    switch (state) {
        case BreakerState::closed: return "closed";
        case BreakerState::open: return "open";
        case BreakerState::half_open: return "half_open";
    }
    std::unreachable();
}

std::optional<CircuitBreaker::Permit> CircuitBreaker::admit(TimePoint now)
{
    const std::lock_guard lock(mutex_);
    if (state_ == BreakerState::closed) return life_;
    if (state_ == BreakerState::open) {
        if (now < open_until_) return std::nullopt;
        enter(BreakerState::half_open);
    }
    if (probes_out_ >= config_.probes) return std::nullopt;
    ++probes_out_;
    return life_;
}

void CircuitBreaker::record(Permit permit, Outcome outcome, TimePoint now, double random)
{
    const std::lock_guard lock(mutex_);
    if (permit != life_ || !config_.enabled) return;
    if (state_ == BreakerState::half_open)
        count_probe(outcome, now, random);
    else
        count(outcome, now, random);
}

bool CircuitBreaker::is_probe(Permit permit) const
{
    const std::lock_guard lock(mutex_);
    return state_ == BreakerState::half_open && permit == life_;
}

void CircuitBreaker::count(Outcome outcome, TimePoint now, double random)
{
    if (outcome == Outcome::neutral) return;
    const auto number = slice_number(now);
    auto& slice = slices_[static_cast<std::size_t>(number) % slices_.size()];
    if (slice.number != number) slice = Slice{.number = number};
    ++slice.calls;
    if (outcome == Outcome::failure) ++slice.failures;
    if (outcome == Outcome::slow) ++slice.slow;
    if (outcome == Outcome::success) return;

    Slice sum;
    for (const auto& each : slices_) {
        if (each.number <= number - std::ssize(slices_)) continue;
        sum.calls += each.calls;
        sum.failures += each.failures;
        sum.slow += each.slow;
    }
    if (sum.calls < config_.min_requests) return;
    if (sum.failures >= config_.failure_rate * sum.calls ||
        sum.slow >= config_.slow_rate * sum.calls)
        open(now, random);
}

void CircuitBreaker::count_probe(Outcome outcome, TimePoint now, double random)
{
    --probes_out_;
    switch (outcome) {
        case Outcome::neutral: return;
        case Outcome::success:
            if (++probe_successes_ < config_.probes) return;
            reopenings_ = 0;
            enter(BreakerState::closed);
            return;
        case Outcome::failure:
        case Outcome::slow:  // what was opened for slowness must not close on it
            ++reopenings_;
            open(now, random);
            return;
    }
}

void CircuitBreaker::open(TimePoint now, double random)
{
    // Up to a fifth earlier, so that several gateways do not probe in the same instant.
    const auto whole = backoff(reopenings_ + 1, config_.open_time, config_.max_open_time, 1);
    open_until_ =
        now + whole - milliseconds(std::llround(static_cast<double>(whole.count()) * 0.2 * random));
    enter(BreakerState::open);
}

void CircuitBreaker::enter(BreakerState state)
{
    state_ = state;
    ++life_;
    slices_ = {};
    probes_out_ = 0;
    probe_successes_ = 0;
}

std::int64_t CircuitBreaker::slice_number(TimePoint now) const
{
    const Clock::duration width = config_.window / std::ssize(slices_);
    return now.time_since_epoch() / std::max(width, Clock::duration(1));
}

BreakerState CircuitBreaker::state(TimePoint now) const
{
    const std::lock_guard lock(mutex_);
    return state_ == BreakerState::open && now >= open_until_ ? BreakerState::half_open : state_;
}

milliseconds CircuitBreaker::retry_after(TimePoint now) const
{
    const std::lock_guard lock(mutex_);
    if (state_ != BreakerState::open || now >= open_until_) return milliseconds(0);
    return std::chrono::ceil<milliseconds>(open_until_ - now);
}

void CircuitBreaker::reconfigure(const BreakerConfig& config)
{
    const std::lock_guard lock(mutex_);
    if (config.window != config_.window) slices_ = {};  // slices of another width do not compare
    config_ = config;
    if (!config.enabled && state_ != BreakerState::closed) {
        reopenings_ = 0;
        enter(BreakerState::closed);
    }
}

bool counts_against_breaker(ErrorKind kind)
{
    switch (kind) {
        case ErrorKind::connect_timeout:
        case ErrorKind::response_timeout:
        case ErrorKind::first_token_timeout:
        case ErrorKind::idle_timeout:
        case ErrorKind::unreachable:
        case ErrorKind::overloaded:
        case ErrorKind::server_error:
        case ErrorKind::bad_response:
        case ErrorKind::stream_interrupted: return true;
        case ErrorKind::malformed:
        case ErrorKind::invalid_request:
        case ErrorKind::unauthorized:
        case ErrorKind::not_found:
        case ErrorKind::method_not_allowed:
        case ErrorKind::unknown_provider:
        case ErrorKind::payload_too_large:
        case ErrorKind::unfit:
        case ErrorKind::cancelled:
        case ErrorKind::internal:
        case ErrorKind::limited:
        case ErrorKind::overloaded_here:
        case ErrorKind::circuit_open:
        case ErrorKind::not_configured:
        case ErrorKind::deadline_exceeded:  // the caller may have set it as short as it liked
        case ErrorKind::rejected:
        case ErrorKind::unsupported_parameter:
        case ErrorKind::context_too_long:
        case ErrorKind::content_filtered:
        case ErrorKind::credential_refused:
        case ErrorKind::quota_exhausted:
        case ErrorKind::model_gone:
        case ErrorKind::rate_limited: return false;
    }
    std::unreachable();
}

}  // namespace sluice
