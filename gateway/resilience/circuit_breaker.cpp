#include "resilience/circuit_breaker.hpp"

#include "resilience/backoff.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace sluice {

namespace {

constexpr CircuitBreaker::Permit state_mask = 3;

}  // namespace

std::string_view to_string(BreakerState state)
{
    switch (state) {
        case BreakerState::closed: return "closed";
        case BreakerState::open: return "open";
        case BreakerState::half_open: return "half_open";
    }
    std::unreachable();
}

CircuitBreaker::CircuitBreaker(const BreakerConfig& config)
{
    reconfigure(config);
}

std::optional<CircuitBreaker::Permit> CircuitBreaker::admit(TimePoint now)
{
    if (const auto present = life(); state_of(present) == BreakerState::closed) return present;
    const std::lock_guard lock(mutex_);
    if (state_of(life()) == BreakerState::open) {
        if (now < open_until_) return std::nullopt;
        enter(BreakerState::half_open);
    }
    if (state_of(life()) == BreakerState::half_open) {
        if (probes_out_ >= config_.probes) return std::nullopt;
        ++probes_out_;
    }
    return life();
}

void CircuitBreaker::record(Permit permit, Outcome outcome, TimePoint now, double random)
{
    const auto width = slice_width_.load(std::memory_order_relaxed);
    if (permit != life() || width == Clock::duration::zero()) return;
    if (is_probe(permit)) return count_probe(permit, outcome, now, random);
    if (outcome == Outcome::neutral) return;
    const auto slice = static_cast<std::uint32_t>(now.time_since_epoch() / width);
    add(calls_, slice);
    if (outcome == Outcome::success) return;
    add(outcome == Outcome::failure ? failures_ : slow_, slice);
    judge(permit, slice, now, random);
}

bool CircuitBreaker::is_probe(Permit permit) const
{
    return state_of(permit) == BreakerState::half_open && permit == life();
}

void CircuitBreaker::judge(Permit permit, std::uint32_t slice, TimePoint now, double random)
{
    const std::lock_guard lock(mutex_);
    if (permit != life() || !config_.enabled) return;
    const auto calls = sum(calls_, slice);
    if (calls < config_.min_requests) return;
    if (sum(failures_, slice) >= config_.failure_rate * calls ||
        sum(slow_, slice) >= config_.slow_rate * calls)
        open(now, random);
}

void CircuitBreaker::count_probe(Permit permit, Outcome outcome, TimePoint now, double random)
{
    const std::lock_guard lock(mutex_);
    if (permit != life()) return;
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

BreakerState CircuitBreaker::state_of(Permit life)
{
    return static_cast<BreakerState>(life & state_mask);
}

void CircuitBreaker::enter(BreakerState state)
{
    forget_window();
    probes_out_ = 0;
    probe_successes_ = 0;
    const auto next = (life() | state_mask) + 1;
    life_.store(next + static_cast<Permit>(state), std::memory_order_release);
}

void CircuitBreaker::forget_window()
{
    for (auto* window : {&calls_, &failures_, &slow_})
        for (auto& tally : *window) tally.store({}, std::memory_order_relaxed);
}

void CircuitBreaker::add(Window& window, std::uint32_t slice)
{
    auto& tally = window[slice % window.size()];
    auto seen = tally.load(std::memory_order_relaxed);
    Tally next;
    do next = {.slice = slice, .calls = seen.slice == slice ? seen.calls + 1 : 1};
    while (!tally.compare_exchange_weak(seen, next, std::memory_order_relaxed));
}

/// Of the window that ends with this slice.
int CircuitBreaker::sum(const Window& window, std::uint32_t slice)
{
    std::uint32_t calls = 0;
    for (const auto& each : window) {
        const auto tally = each.load(std::memory_order_relaxed);
        if (slice - tally.slice < window.size()) calls += tally.calls;
    }
    return static_cast<int>(calls);
}

BreakerState CircuitBreaker::state(TimePoint now) const
{
    if (state_of(life()) == BreakerState::closed) return BreakerState::closed;
    const std::lock_guard lock(mutex_);
    const auto present = state_of(life());
    return present == BreakerState::open && now >= open_until_ ? BreakerState::half_open : present;
}

milliseconds CircuitBreaker::retry_after(TimePoint now) const
{
    const std::lock_guard lock(mutex_);
    if (state_of(life()) != BreakerState::open || now >= open_until_) return milliseconds(0);
    return std::chrono::ceil<milliseconds>(open_until_ - now);
}

void CircuitBreaker::reconfigure(const BreakerConfig& config)
{
    const std::lock_guard lock(mutex_);
    if (config.window != config_.window) forget_window();  // slices of another width do not compare
    config_ = config;
    const Clock::duration width = config.window / std::tuple_size_v<Window>;
    slice_width_.store(
        config.enabled ? std::max(width, Clock::duration(1)) : Clock::duration::zero(),
        std::memory_order_relaxed
    );
    if (!config.enabled && state_of(life()) != BreakerState::closed) {
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
