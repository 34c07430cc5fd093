#pragma once

#include "core/time.hpp"

#include <atomic>

namespace sluice {

/// A rate limit as one number, the theoretical arrival time (generic cell rate algorithm). Time is
/// given. Lock-free; threads are admitted no more than one would be.
class Gcra {
public:
    /// per_minute: cells a minute, above 0; burst: cells at once, at least 1.
    Gcra(double per_minute, int burst);
    /// Other settings for the same history.
    void reconfigure(double per_minute, int burst);

    struct Verdict {
        bool admitted;
        int remaining;             ///< further cells that would be admitted now
        milliseconds retry_after;  ///< until one would be; zero where admitted
        milliseconds reset_after;  ///< until the whole burst is available again
    };
    Verdict take(TimePoint now, double cost = 1);

private:
    std::atomic<Clock::duration> interval_{};
    std::atomic<Clock::duration> tolerance_{};          // burst * interval_
    std::atomic<TimePoint> arrival_{TimePoint::min()};  // never used
};

}  // namespace sluice
