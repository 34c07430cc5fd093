#pragma once

#include "routing/target.hpp"

#include <optional>

namespace sluice {

/// What the target has to answer for. A deadline of the gateway's own that passed while it was at
/// work is its slowness; a caller's may have been as short as the caller liked.
inline ErrorKind blamed_on_target(ErrorKind kind, bool caller_deadline)
{
    const bool slow = kind == ErrorKind::deadline_exceeded && !caller_deadline;
    return slow ? ErrorKind::response_timeout : kind;
}

/// What an attempt owes its target: a place among the calls in flight, its latency, the breaker's
/// verdict, its metrics. Closed once, by settle(); left unsettled, the caller had gone. A call with
/// the caller's own key (no permit) tells breaker and latency nothing.
class TargetAccount {
public:
    TargetAccount(
        Target& target,
        std::optional<CircuitBreaker::Permit> permit,
        milliseconds slow_call,
        TimePoint now = EventTime::get()
    );
    TargetAccount(TargetAccount&& other) noexcept;
    TargetAccount& operator=(TargetAccount&&) = delete;
    ~TargetAccount();

    /// The answer, or its first token, is there.
    void answered(TimePoint now = EventTime::get());
    /// How it ended; nullopt: well.
    void settle(const std::optional<ErrorKind>& error, TimePoint now = EventTime::get());

private:
    Target* target_;
    std::optional<CircuitBreaker::Permit> permit_;
    milliseconds slow_call_;  // 0: no answer is slow
    TimePoint started_;
    bool slow_ = false;

    void tell_breaker(const std::optional<ErrorKind>& error, TimePoint now);
};

}  // namespace sluice
