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
    const auto interval =
        std::max(times(std::chrono::minutes(1), 1 / per_minute), Clock::duration(1));
    interval_.store(interval, std::memory_order_relaxed);
    tolerance_.store(times(interval, std::max(burst, 1)), std::memory_order_relaxed);
}

Gcra::Verdict Gcra::take(TimePoint now, double cost)
{
    const auto interval = interval_.load(std::memory_order_relaxed);
    const auto tolerance = tolerance_.load(std::memory_order_relaxed);
    const auto price = times(interval, cost);
    auto stored = arrival_.load(std::memory_order_relaxed);
    Clock::duration ahead{}, early{};
    do {
        ahead = std::max(stored, now) - now;
        early = ahead + price - tolerance;
        if (early > Clock::duration::zero()) break;
    } while (!arrival_.compare_exchange_weak(stored, now + ahead + price, std::memory_order_relaxed)
    );

    const bool admitted = early <= Clock::duration::zero();
    if (admitted) ahead += price;
    return {
        .admitted = admitted,
        .remaining = static_cast<int>(std::max<Clock::rep>(0, (tolerance - ahead) / interval)),
        .retry_after = admitted ? milliseconds(0) : std::chrono::ceil<milliseconds>(early),
        .reset_after = std::chrono::ceil<milliseconds>(ahead),
    };
}

}  // namespace sluice
