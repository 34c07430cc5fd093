#pragma once

#include "core/time.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace sluice {

/// Counts durations from a microsecond to half an hour, four buckets to each doubling: a quantile
/// is off by an eighth at most. 500 bytes, no allocation.
class DurationHistogram {
public:
    void record(Clock::duration span)
    {
        const auto us = std::chrono::duration_cast<std::chrono::microseconds>(span).count();
        counts_[bucket_of(std::clamp<std::int64_t>(us, 0, longest))] += 1;
    }

    void add(const DurationHistogram& other)
    {
        for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
    }

    /// In milliseconds, between the bounds of its bucket; nullopt where nothing was recorded.
    /// share: 0.5 is the median.
    std::optional<double> quantile(double share) const
    {
        double total = 0;
        for (const auto count : counts_) total += count;
        if (total == 0) return std::nullopt;
        double rank = share * total;
        for (std::size_t i = 0; i < counts_.size(); ++i) {
            if (rank <= counts_[i] && counts_[i] > 0)
                return (lower_bound(i) + rank / counts_[i] * (lower_bound(i + 1) - lower_bound(i))
                       ) /
                       1000;
            rank -= counts_[i];
        }
        return lower_bound(counts_.size()) / 1000;
    }

private:
    static constexpr std::size_t doublings = 29;
    static constexpr std::size_t bucket_count = 4 * doublings;
    static constexpr std::int64_t longest =
        (std::int64_t{4} << doublings) - 1;  // 4 and up: (4+k)<<n

    std::array<std::uint32_t, bucket_count + 4> counts_{};

    /// Below 8 a bucket for each microsecond; then the leading bit and the two after it.
    static std::size_t bucket_of(std::int64_t us)
    {
        const auto value = static_cast<std::uint64_t>(us);
        if (value < 8) return value;
        const auto shift = static_cast<std::size_t>(std::bit_width(value)) - 3;
        return 4 * shift + (value >> shift);
    }
    static double lower_bound(std::size_t bucket)
    {
        if (bucket < 8) return static_cast<double>(bucket);
        const auto shift = bucket / 4 - 1;
        return std::ldexp(static_cast<double>(bucket - 4 * shift), static_cast<int>(shift));
    }
};

}  // namespace sluice
