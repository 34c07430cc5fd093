#include "resilience/gcra.hpp"

#include <algorithm>

namespace sluice {

namespace {

Clock::duration times(Clock::duration interval, double factor)
{
    using Fine = std::chrono::duration<double, Clock::period>;
    constexpr Fine longest = std::chrono::years(1);  // far from overflow whatever was configured
    return std::chrono::duration_cast<Clock::duration>(std::min(Fine(interval) * factor, longest));
}

}  // namespace

Gcra::Gcra(double per_minute, int burst)
{
    reconfigure(per_minute, burst);
}

void Gcra::reconfigure(double per_minute, int burst)
{
    interval_ = std::max(times(std::chrono::minutes(1), 1 / per_minute), Clock::duration(1));
    tolerance_ = times(interval_, std::max(burst, 1));
}

Gcra::Verdict Gcra::take(TimePoint now, double cost)
{
    const auto arrival = std::max(arrival_.value_or(now), now);
    const auto next = arrival + times(interval_, cost);
    const auto early = next - tolerance_ - now;
    const bool admitted = early <= Clock::duration::zero();
    if (admitted) arrival_ = next;

    const auto ahead = (admitted ? next : arrival) - now;
    return {
        .admitted = admitted,
        .remaining = static_cast<int>(std::max<Clock::rep>(0, (tolerance_ - ahead) / interval_)),
        .retry_after = admitted ? milliseconds(0) : std::chrono::ceil<milliseconds>(early),
        .reset_after = std::chrono::ceil<milliseconds>(ahead),
    };
}

}  // namespace sluice
