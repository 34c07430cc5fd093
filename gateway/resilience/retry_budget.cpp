#include "resilience/retry_budget.hpp"

#include <algorithm>
#include <cmath>

namespace sluice {

constexpr std::int64_t one_retry = 1000;

RetryBudget::RetryBudget(double ratio, int burst)
{
    reconfigure(ratio, burst);
    milli_ = burst_.load();
}

void RetryBudget::earn()
{
    const auto ratio = ratio_.load(std::memory_order_relaxed);
    const auto burst = burst_.load(std::memory_order_relaxed);
    auto saved = milli_.load(std::memory_order_relaxed);
    while (saved != burst &&  // as it mostly is: then there is nothing to write
           !milli_.compare_exchange_weak(
               saved, std::min(saved + ratio, burst), std::memory_order_relaxed
           )) {
    }
}

bool RetryBudget::spend()
{
    auto saved = milli_.load(std::memory_order_relaxed);
    do {
        if (saved < one_retry) return false;
    } while (!milli_.compare_exchange_weak(saved, saved - one_retry, std::memory_order_relaxed));
    return true;
}

bool RetryBudget::left() const
{
    return milli_.load(std::memory_order_relaxed) >= one_retry;
}

void RetryBudget::reconfigure(double ratio, int burst)
{
    ratio_ = std::llround(ratio * one_retry);
    burst_ = burst * one_retry;
}

}  // namespace sluice
