#pragma once

#include "core/error.hpp"
#include "core/task.hpp"
#include "core/time.hpp"

#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

namespace sluice {

class Gate;

/// A place among the requests being worked on; given back when this goes.
class Permit {
public:
    explicit Permit(Gate& gate) : gate_(&gate) {}
    Permit(Permit&& other) noexcept : gate_(std::exchange(other.gate_, nullptr)) {}
    Permit& operator=(Permit&& other) noexcept
    {
        std::swap(gate_, other.gate_);
        return *this;
    }
    ~Permit();

private:
    Gate* gate_;
};

/// How many requests the whole process works on at once. Beyond that they wait in a short queue,
/// first come, first served, so that those inside keep their speed. Safe from several threads, and
/// lock-free while nobody waits; outlives its permits and whoever waits.
class Gate {
public:
    Gate(int max_concurrency, int queue_size);

    /// A place, if one is free.
    std::optional<Permit> enter_now();
    /// Waits for one. executor: the one the caller runs on. ErrorKind::overloaded_here where the
    /// queue is full or nothing became free until the deadline; ErrorKind::cancelled where the
    /// caller's task was.
    Task<Result<Permit>> enter(Executor executor, TimePoint deadline);
    /// Applies to who comes and who waits; nobody inside is put out.
    void reconfigure(int max_concurrency, int queue_size);

    int waiting() const { return count().waiting; }
    int inside() const { return count().inside; }

private:
    friend class Permit;
    struct Waiter;
    class QueuePlace;

    struct Count {
        int inside = 0;
        int waiting = 0;
    };
    /// In one word, so that nobody comes in past a queue, and nobody leaves past one.
    std::atomic<Count> count_{};
    std::atomic<int> max_concurrency_;
    std::mutex mutex_;  // of the queue
    int queue_size_;
    std::deque<std::shared_ptr<Waiter>> queue_;  // count_.waiting of them

    Count count() const { return count_.load(std::memory_order_relaxed); }
    void add(Count change);
    /// False where the queue is full.
    bool queue_up(const std::shared_ptr<Waiter>& waiter);
    bool give_up(const std::shared_ptr<Waiter>& waiter);
    void leave();
    void let_in();
};

}  // namespace sluice
