#pragma once

#include "core/time.hpp"

#include <optional>

namespace sluice {

/// A rate limit as one number, the theoretical arrival time (generic cell rate algorithm). Not
/// synchronized: the owner holds a lock. Time is given.
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
    Clock::duration interval_{};
    Clock::duration tolerance_{};       // burst * interval_
    std::optional<TimePoint> arrival_;  // nullopt: never used
};

}  // namespace sluice
