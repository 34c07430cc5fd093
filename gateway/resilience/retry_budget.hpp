#pragma once

#include <atomic>
#include <cstdint>

namespace sluice {

/// Keeps retries under a fraction of traffic: each first try of a request earns `ratio` of a retry,
/// each retry spends a whole one, and no more than `burst` can be saved up. Lock-free.
class RetryBudget {
public:
    RetryBudget(double ratio, int burst);
    void earn();
    bool spend();  ///< false: nothing left, do not retry
    bool left() const;
    void reconfigure(double ratio, int burst);

private:
    std::atomic<std::int64_t> milli_;  // thousandths of a retry
    std::atomic<std::int64_t> ratio_, burst_;
};

}  // namespace sluice
