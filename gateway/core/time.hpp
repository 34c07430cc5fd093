#pragma once

#include <algorithm>
#include <chrono>

namespace sluice {

/// All deadlines and intervals are read from this clock, which never jumps.
using Clock = std::chrono::steady_clock;
using TimePoint = Clock::time_point;
using std::chrono::milliseconds;

/// now + span, or the end of time where that would overflow.
inline TimePoint after(TimePoint now, Clock::duration span)
{
    return span < TimePoint::max() - now ? now + span : TimePoint::max();
}

/// The time at which what this thread handles happened: the poller says when it tells a socket.
/// That is as long ago as the handling has taken, mostly microseconds: exact enough for a deadline,
/// and it saves a request ten looks at the clock. It never goes back, not behind an exact() of the
/// same thread either. Elsewhere it is the time itself.
class EventTime {
public:
    static TimePoint get() { return known_ == TimePoint{} ? Clock::now() : known_; }
    /// The time itself, for what is to be measured.
    static TimePoint exact()
    {
        if (known_ != TimePoint{}) known_ = Clock::now();
        return get();
    }

private:
    friend class Poller;
    static void begin() { known_ = Clock::now(); }
    static void end() { known_ = {}; }

    constinit inline static thread_local TimePoint known_{};
};

}  // namespace sluice
