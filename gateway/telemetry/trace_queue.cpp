#include "telemetry/trace_queue.hpp"

#include <algorithm>
#include <atomic>
#include <utility>

namespace sluice {

namespace {

std::atomic<std::uint64_t> dropped{0};

}  // namespace

std::uint64_t spans_dropped()
{
    return dropped.load(std::memory_order_relaxed);
}

void count_dropped_spans(std::size_t count)
{
    dropped.fetch_add(count, std::memory_order_relaxed);
}

TraceQueue::TraceQueue(const TraceConfig& config)
    : sampler_(config.sampler, config.ratio),
      capacity_(static_cast<std::size_t>(config.queue_size)),
      batch_(static_cast<std::size_t>(std::min(config.batch_size, config.queue_size)))
{
}

void TraceQueue::push(RequestTrace trace)
{
    const auto more = trace.spans();
    bool whole_batch = false;
    {
        const std::lock_guard lock(mutex_);
        if (spans_ + more > capacity_) return count_dropped_spans(more);
        whole_batch = spans_ < batch_ && spans_ + more >= batch_;
        spans_ += more;
        waiting_.push_back(std::move(trace));
    }
    if (whole_batch && tell_) tell_();
}

std::vector<RequestTrace> TraceQueue::take()
{
    std::vector<RequestTrace> out;
    std::size_t taken = 0;
    const std::lock_guard lock(mutex_);
    while (!waiting_.empty() && (out.empty() || taken + waiting_.front().spans() <= batch_)) {
        taken += waiting_.front().spans();
        out.push_back(std::move(waiting_.front()));
        waiting_.pop_front();
    }
    spans_ -= taken;
    return out;
}

bool TraceQueue::has_batch() const
{
    const std::lock_guard lock(mutex_);
    return spans_ >= batch_;
}

}  // namespace sluice
