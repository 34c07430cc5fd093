#pragma once

#include "core/error.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <initializer_list>
#include <mutex>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace sluice {

using Buckets = prometheus::Histogram::BucketBoundaries;

/// One metric family: a name, and series that differ in label values. It holds no more than
/// max_series of them; what comes after is counted in a series that no page shows.
template <class Metric>
class Family {
public:
    static constexpr std::size_t max_series = 2000;

    /// dropped counts the series refused. help is one line: a line break would corrupt the page.
    Family(
        prometheus::Registry& registry,
        prometheus::Counter& dropped,
        const char* name,
        const char* help,
        std::vector<std::string> labels = {},
        Buckets buckets = {}
    )
        : family_(make(registry, name, help)),
          dropped_(dropped),
          labels_(std::move(labels)),
          buckets_(std::move(buckets)),
          surplus_(make_series())
    {
    }

    /// The series with these values, in the order of the labels. Takes a lock and builds a map, so
    /// a hot path keeps the reference, which stays valid.
    Metric& with(std::initializer_list<std::string_view> values)
    {
        prometheus::Labels pairs;
        auto label = labels_.begin();
        for (const auto value : values) pairs.emplace(*label++, value);

        const std::lock_guard lock(mutex_);
        if (!family_.Has(pairs)) {
            if (count_ == max_series) {
                dropped_.Increment();
                return surplus_;
            }
            ++count_;
        }
        if constexpr (is_histogram)
            return family_.Add(pairs, buckets_);
        else
            return family_.Add(pairs);
    }

private:
    static constexpr bool is_histogram = std::is_same_v<Metric, prometheus::Histogram>;

    static auto& make(prometheus::Registry& registry, const char* name, const char* help)
    {
        const auto builder = [] {
            if constexpr (is_histogram)
                return prometheus::BuildHistogram();
            else if constexpr (std::is_same_v<Metric, prometheus::Gauge>)
                return prometheus::BuildGauge();
            else
                return prometheus::BuildCounter();
        };
        return builder().Name(name).Help(help).Register(registry);
    }
    Metric make_series() const
    {
        if constexpr (is_histogram)
            return Metric(buckets_);
        else
            return Metric();
    }

    prometheus::Family<Metric>& family_;
    prometheus::Counter& dropped_;
    std::vector<std::string> labels_;
    Buckets buckets_;
    std::mutex mutex_;
    std::size_t count_ = 0;
    Metric surplus_;
};

}  // namespace sluice
