#pragma once

#include "config/config.hpp"
#include "telemetry/request_trace.hpp"
#include "telemetry/sampler.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <vector>

namespace sluice {

/// Spans that never reached a collector, of the whole process.
std::uint64_t spans_dropped();
void count_dropped_spans(std::size_t count);

/// Finished requests on their way from the workers to the exporter. Bounded: what does not fit is
/// dropped and counted, and no worker waits.
class TraceQueue {
public:
    explicit TraceQueue(const TraceConfig& config);

    const Sampler& sampler() const { return sampler_; }
    void push(RequestTrace trace);

    /// The oldest, up to a batch of spans; empty: nothing waits.
    std::vector<RequestTrace> take();
    bool has_batch() const;
    /// Called by push(), on its thread, when a whole batch has come together. To be set before
    /// anything is pushed.
    void on_batch(std::function<void()> tell) { tell_ = std::move(tell); }

private:
    Sampler sampler_;
    std::size_t capacity_;
    std::size_t batch_;
    std::function<void()> tell_;
    mutable std::mutex mutex_;
    std::deque<RequestTrace> waiting_;
    std::size_t spans_ = 0;
};

}  // namespace sluice
