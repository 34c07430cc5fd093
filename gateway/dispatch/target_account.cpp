#include "dispatch/target_account.hpp"

#include "core/ids.hpp"

#include <chrono>
#include <ctime>
#include <utility>

namespace sluice {

TargetAccount::TargetAccount(
    Target& target,
    std::optional<CircuitBreaker::Permit> permit,
    milliseconds slow_call,
    TimePoint now
)
    : target_(&target), permit_(permit), slow_call_(slow_call), started_(now)
{
    target.in_flight.fetch_add(1, std::memory_order_relaxed);
}

TargetAccount::TargetAccount(TargetAccount&& other) noexcept
    : target_(std::exchange(other.target_, nullptr)),
      permit_(std::exchange(other.permit_, std::nullopt)),
      slow_call_(other.slow_call_),
      started_(other.started_),
      slow_(other.slow_)
{
}

TargetAccount::~TargetAccount()
{
    if (target_) settle(ErrorKind::cancelled);
}

void TargetAccount::answered(TimePoint now)
{
    const auto took = now - started_;
    slow_ = slow_call_ > milliseconds(0) && took > slow_call_;
    if (!permit_) return;
    target_->record_latency(std::chrono::duration<double>(took).count());
    const auto second = std::time(nullptr);
    target_->last_success.store(second, std::memory_order_relaxed);
    target_->key.last_success.store(second, std::memory_order_relaxed);
    // A stream may go on for minutes; a probe has shown by now what it was sent to find out.
    if (target_->breaker.is_probe(*permit_)) tell_breaker(std::nullopt, now);
}

void TargetAccount::tell_breaker(const std::optional<ErrorKind>& error, TimePoint now)
{
    using Outcome = CircuitBreaker::Outcome;
    if (!permit_) return;
    const auto outcome = !error ? (slow_ ? Outcome::slow : Outcome::success)
                         : counts_against_breaker(*error) ? Outcome::failure
                                                          : Outcome::neutral;
    target_->record_end(error);
    target_->breaker.record(*std::exchange(permit_, std::nullopt), outcome, now, random_unit());
}

void TargetAccount::settle(const std::optional<ErrorKind>& error, TimePoint now)
{
    if (!target_) return;
    tell_breaker(error, now);
    const std::chrono::duration<double> took = now - started_;
    target_->metrics.attempt(outcome_index(error), took.count());
    target_->in_flight.fetch_sub(1, std::memory_order_relaxed);
    target_ = nullptr;
}

}  // namespace sluice
