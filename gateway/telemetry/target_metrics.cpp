#include "telemetry/families.hpp"
#include "telemetry/metrics.hpp"

#include <algorithm>
#include <array>
#include <atomic>

namespace sluice {

namespace {

/// A series that is looked up at its first use. Two threads may both look it up; they find the
/// same.
template <class Metric>
class Slot {
public:
    Metric& operator()(Family<Metric>& family, std::initializer_list<std::string_view> values)
    {
        if (auto* kept = kept_.load(std::memory_order_acquire)) return *kept;
        auto& found = family.with(values);
        kept_.store(&found, std::memory_order_release);
        return found;
    }

private:
    std::atomic<Metric*> kept_{nullptr};
};

using CounterSlot = Slot<Counter>;
using SumSlot = Slot<Sum>;
using GaugeSlot = Slot<Gauge>;
using HistogramSlot = Slot<Histogram>;

constexpr std::array<std::string_view, 5> token_kinds{
    "input", "cache_read", "cache_write", "output", "reasoning"
};
constexpr std::array<std::string_view, 3> breaker_states{"closed", "open", "half_open"};

/// The tokens of each kind, in the order of token_kinds: parts, where Usage has sums that include
/// them. Not all providers agree that they do, hence never below zero.
std::array<std::int64_t, 5> by_kind(const Usage& usage)
{
    return {
        std::max<std::int64_t>(0, usage.prompt - usage.cached - usage.cache_write),
        usage.cached,
        usage.cache_write,
        std::max<std::int64_t>(0, usage.completion - usage.reasoning),
        usage.reasoning,
    };
}

std::size_t index(auto value)
{
    return static_cast<std::size_t>(value);
}

}  // namespace

struct TargetMetrics::Series {
    std::array<std::array<CounterSlot, outcome_count>, surface_count> requests;
    std::array<std::array<HistogramSlot, outcome_count>, surface_count> request_duration;
    std::array<CounterSlot, outcome_count> attempts;
    std::array<HistogramSlot, outcome_count> attempt_duration;
    std::array<CounterSlot, error_kind_count> retries;
    std::array<CounterSlot, error_kind_count> fallbacks;
    HistogramSlot first_token;
    HistogramSlot per_output_token;
    std::array<CounterSlot, token_kinds.size()> tokens;
    std::array<SumSlot, token_kinds.size()> cost;
    CounterSlot malformed_events;
    std::array<GaugeSlot, breaker_states.size()> breaker;
};

TargetMetrics::TargetMetrics(MetricFamilies& families, std::string provider, std::string model)
    : families_(families),
      provider_(std::move(provider)),
      model_(std::move(model)),
      series_(std::make_unique<Series>())
{
}

TargetMetrics::~TargetMetrics() = default;

void TargetMetrics::request(Surface surface, OutcomeIndex outcome, double seconds)
{
    const auto values = {
        to_string(surface),
        std::string_view(provider_),
        std::string_view(model_),
        outcome_name(outcome)
    };
    series_->requests[index(surface)][index(outcome)](families_.requests, values).Increment();
    series_->request_duration[index(surface)][index(outcome)](families_.request_duration, values)
        .Observe(seconds);
}

void TargetMetrics::attempt(OutcomeIndex outcome, double seconds)
{
    const auto values = {
        std::string_view(provider_), std::string_view(model_), outcome_name(outcome)
    };
    series_->attempts[index(outcome)](families_.attempts, values).Increment();
    series_->attempt_duration[index(outcome)](families_.attempt_duration, values).Observe(seconds);
}

void TargetMetrics::retry(ErrorKind reason)
{
    series_->retries[index(reason)](families_.retries, {provider_, model_, code_of(reason)})
        .Increment();
}

void TargetMetrics::fallback(ErrorKind reason)
{
    series_->fallbacks[index(reason)](families_.fallbacks, {provider_, model_, code_of(reason)})
        .Increment();
}

void TargetMetrics::first_token(double seconds)
{
    series_->first_token(families_.first_token, {provider_, model_}).Observe(seconds);
}

void TargetMetrics::per_output_token(double seconds)
{
    series_->per_output_token(families_.per_output_token, {provider_, model_}).Observe(seconds);
}

void TargetMetrics::tokens(const Usage& usage)
{
    const auto counts = by_kind(usage);
    for (std::size_t i = 0; i < token_kinds.size(); ++i)
        if (counts[i] > 0)
            series_->tokens[i](families_.tokens, {provider_, model_, token_kinds[i]})
                .Increment(counts[i]);
}

void TargetMetrics::cost(const Cost& cost)
{
    const std::array parts{
        cost.input, cost.cache_read, cost.cache_write, cost.output, cost.reasoning
    };  // in the order of token_kinds
    for (std::size_t i = 0; i < token_kinds.size(); ++i)
        if (parts[i] > 0)
            series_->cost[i](families_.cost, {provider_, model_, token_kinds[i]})
                .Increment(parts[i]);
}

void TargetMetrics::malformed_event()
{
    series_->malformed_events(families_.malformed_events, {provider_, model_}).Increment();
}

void TargetMetrics::breaker(std::string_view state)
{
    for (std::size_t i = 0; i < breaker_states.size(); ++i)
        series_->breaker[i](families_.breaker, {provider_, model_, breaker_states[i]})
            .Set(breaker_states[i] == state ? 1 : 0);
}

}  // namespace sluice
