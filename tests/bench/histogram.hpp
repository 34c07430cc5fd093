#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <vector>

namespace bench {

/// Counts of durations in buckets of less than one percent of their value, so that a percentile is
/// that exact over the whole range.
class Histogram {
public:
    void add(std::int64_t nanoseconds)
    {
        const auto value = static_cast<std::uint64_t>(std::max<std::int64_t>(nanoseconds, 0));
        ++counts_[bucket(value)];
        ++total_;
        max_ = std::max(max_, value);
    }

    /// In microseconds; share is of one.
    double percentile(double share) const
    {
        const auto rank = static_cast<std::uint64_t>(share * static_cast<double>(total_));
        std::uint64_t seen = 0;
        for (std::size_t i = 0; i < counts_.size(); ++i) {
            seen += counts_[i];
            if (seen > rank) return static_cast<double>(lowest(i)) / 1000;
        }
        return max();
    }

    double max() const { return static_cast<double>(max_) / 1000; }

private:
    static constexpr int fine_bits = 7;
    static constexpr std::size_t fine = std::size_t{1} << fine_bits;
    std::vector<std::uint64_t> counts_ = std::vector<std::uint64_t>((64 - fine_bits + 1) * fine);
    std::uint64_t total_ = 0, max_ = 0;

    /// The leading bit gives the row, the next seven the place in it.
    static std::size_t bucket(std::uint64_t value)
    {
        const int shift = std::max(static_cast<int>(std::bit_width(value)) - fine_bits - 1, 0);
        return static_cast<std::size_t>(shift) * fine + (value >> shift);
    }

    static std::uint64_t lowest(std::size_t index)
    {
        if (index < 2 * fine) return index;
        const auto shift = index / fine - 1;
        return (index - shift * fine) << shift;
    }
};

}  // namespace bench
