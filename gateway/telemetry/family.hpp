#pragma once

#include <prometheus/client_metric.h>
#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <algorithm>
#include <atomic>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace sluice {

using Buckets = std::vector<double>;

// As prometheus-cpp's, but whole numbers where they are whole, and threads do not wait for each
// other.

template <class Number, prometheus::MetricType type>
class Value {
public:
    static constexpr auto metric_type = type;

    void Increment(Number by = 1) { value_.fetch_add(by, std::memory_order_relaxed); }
    void Set(Number value) { value_.store(value, std::memory_order_relaxed); }
    Number Get() const { return value_.load(std::memory_order_relaxed); }

    prometheus::ClientMetric Collect() const
    {
        prometheus::ClientMetric metric;
        auto& value =
            type == prometheus::MetricType::Gauge ? metric.gauge.value : metric.counter.value;
        value = static_cast<double>(Get());
        return metric;
    }

private:
    std::atomic<Number> value_ = 0;
};
using Counter = Value<std::int64_t, prometheus::MetricType::Counter>;
using Sum = Value<double, prometheus::MetricType::Counter>;  ///< a counter of fractions
using Level = Value<std::int64_t, prometheus::MetricType::Gauge>;
using Gauge = Value<double, prometheus::MetricType::Gauge>;

class Histogram {
public:
    static constexpr auto metric_type = prometheus::MetricType::Histogram;

    /// bounds: ascending; they outlive this.
    explicit Histogram(const Buckets& bounds) : bounds_(bounds), counts_(bounds.size() + 1) {}

    void Observe(double value)
    {
        const auto bucket = std::ranges::lower_bound(bounds_, value) - bounds_.begin();
        counts_[static_cast<std::size_t>(bucket)].fetch_add(1, std::memory_order_relaxed);
        sum_.fetch_add(value, std::memory_order_relaxed);
    }

    prometheus::ClientMetric Collect() const
    {
        prometheus::ClientMetric metric;
        auto& histogram = metric.histogram;
        for (std::size_t i = 0; i < counts_.size(); ++i) {
            histogram.sample_count += counts_[i].load(std::memory_order_relaxed);
            const bool last = i == bounds_.size();
            histogram.bucket.push_back(
                {histogram.sample_count, last ? std::numeric_limits<double>::infinity() : bounds_[i]
                }
            );
        }
        histogram.sample_sum = sum_.load(std::memory_order_relaxed);
        return metric;
    }

private:
    const Buckets& bounds_;
    std::vector<std::atomic<std::uint64_t>> counts_;
    std::atomic<double> sum_ = 0;
};

/// One metric family: a name, and series that differ in label values. It holds no more than
/// max_series of them; what comes after is counted in a series that no page shows.
template <class Metric>
class Family : public prometheus::Collectable {
public:
    static constexpr std::size_t max_series = 2000;

    /// dropped counts the series refused. help is one line: a line break would corrupt the page.
    Family(
        Counter& dropped,
        const char* name,
        const char* help,
        std::vector<std::string> labels = {},
        Buckets buckets = {}
    )
        : dropped_(dropped),
          name_(name),
          help_(help),
          labels_(std::move(labels)),
          buckets_(std::move(buckets)),
          surplus_(buckets_)
    {
    }

    /// The series with these values, in the order of the labels. Takes a lock and looks it up, so
    /// a hot path keeps the reference, which stays valid.
    Metric& with(std::initializer_list<std::string_view> values)
    {
        assert(values.size() == labels_.size());
        std::vector<std::string> key(values.begin(), values.end());
        const std::lock_guard lock(mutex_);
        if (series_.size() >= max_series && !series_.contains(key)) {
            dropped_.Increment();
            return surplus_.metric;
        }
        return series_.try_emplace(std::move(key), buckets_).first->second.metric;
    }

    /// Nothing where there is no series yet.
    std::vector<prometheus::MetricFamily> Collect() const override
    {
        const std::lock_guard lock(mutex_);
        if (series_.empty()) return {};
        prometheus::MetricFamily page{name_, help_, Metric::metric_type, {}};
        page.metric.reserve(series_.size());
        for (const auto& [values, series] : series_) {
            auto& metric = page.metric.emplace_back(series.metric.Collect());
            for (std::size_t i = 0; i < labels_.size(); ++i)
                metric.label.push_back({labels_[i], values[i]});
            std::sort(metric.label.begin(), metric.label.end());
        }
        return {std::move(page)};
    }

private:
    struct Series {
        explicit Series(const Buckets& buckets)
            requires std::is_same_v<Metric, Histogram>
            : metric(buckets)
        {
        }
        explicit Series(const Buckets&) {}
        Metric metric;
    };
    Counter& dropped_;
    const char* name_;
    const char* help_;
    const std::vector<std::string> labels_;
    const Buckets buckets_;
    mutable std::mutex mutex_;
    std::map<std::vector<std::string>, Series> series_;
    Series surplus_;
};

}  // namespace sluice
