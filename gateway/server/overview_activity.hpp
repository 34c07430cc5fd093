#pragma once

#include "core/json.hpp"
#include "core/time.hpp"
#include "telemetry/activity.hpp"

#include <chrono>
#include <cstdint>
#include <string>

namespace sluice {

/// Moments of the clock that never jumps, in milliseconds since 1970.
class Calendar {
public:
    std::int64_t date(TimePoint time) const
    {
        using std::chrono::duration_cast;
        return duration_cast<milliseconds>(now_on_the_wall_ - (now - time)).count();
    }
    const TimePoint now = Clock::now();

private:
    std::chrono::system_clock::duration now_on_the_wall_ =
        std::chrono::system_clock::now().time_since_epoch();
};

/// Milliseconds with three decimals: microseconds.
double to_ms(Clock::duration span);

/// The members requests, errors, timeline, window, usage and recent of the overview. text: what out
/// writes into.
void add_activity(
    json::ObjectWriter& out,
    std::string& text,
    const Activity& activity,
    TenantFilter tenant,
    const Calendar& calendar
);

}  // namespace sluice
