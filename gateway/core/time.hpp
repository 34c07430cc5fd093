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

}  // namespace sluice
