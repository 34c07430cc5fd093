#include "admission/gate.hpp"

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>

namespace sluice {

namespace {

std::unexpected<Error> overloaded(std::string message)
{
    return std::unexpected(Error{
        .kind = ErrorKind::overloaded_here,
        .message = std::move(message),
        .retry_after = milliseconds(1000),
    });
}

}  // namespace

/// Whoever waits, sleeps until the deadline; being let in cuts the sleep short. Shared with the
/// wake-up call on its way to the waiter's thread, which may come when the waiter is gone.
struct Gate::Waiter {
    explicit Waiter(Executor executor, TimePoint deadline) : alarm(std::move(executor), deadline) {}

    asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, Executor> alarm;
    bool let_in = false;  // guarded by the gate's mutex
};

/// A waiter's claim. Whichever way the wait ends, its place in the queue, or the permit that it was
/// given at the last moment and did not take, is free again.
class Gate::QueuePlace {
public:
    QueuePlace(Gate& gate, const std::shared_ptr<Waiter>& waiter) : gate_(gate), waiter_(waiter) {}
    QueuePlace(const QueuePlace&) = delete;
    QueuePlace& operator=(const QueuePlace&) = delete;
    ~QueuePlace()
    {
        if (taken_) return;
        if (!gate_.give_up(waiter_)) gate_.leave();
    }

    bool let_in() const
    {
        const std::lock_guard lock(gate_.mutex_);
        return waiter_->let_in;
    }
    Permit take()
    {
        taken_ = true;
        return Permit(gate_);
    }

private:
    Gate& gate_;
    const std::shared_ptr<Waiter>& waiter_;
    bool taken_ = false;
};

Permit::~Permit()
{
    if (gate_) gate_->leave();
}

Gate::Gate(int max_concurrency, int queue_size)
    : max_concurrency_(max_concurrency), queue_size_(queue_size)
{
}

Task<Result<Permit>> Gate::enter(Executor executor, TimePoint deadline)
{
    if (auto permit = enter_now()) co_return *std::move(permit);
    const auto waiter = std::make_shared<Waiter>(std::move(executor), deadline);
    if (!queue_up(waiter)) co_return overloaded("the gateway has as many requests as it takes");

    QueuePlace place(*this, waiter);
    const auto [error] = co_await waiter->alarm.async_wait(no_throw);
    // A cancellation that crosses with being let in must not be lost: the caller is gone all the
    // same.
    const auto cancelled = (co_await asio::this_coro::cancellation_state).cancelled();
    const bool gone =
        (cancelled & asio::cancellation_type::terminal) != asio::cancellation_type::none;
    if (!gone && place.let_in()) co_return place.take();
    if (gone || error) co_return fail(ErrorKind::cancelled, "the caller left");
    co_return overloaded("the gateway is busy: the request waited as long as it may");
}

std::optional<Permit> Gate::enter_now()
{
    const auto room = max_concurrency_.load(std::memory_order_relaxed);
    auto seen = count();
    do {
        if (seen.inside >= room || seen.waiting > 0) return std::nullopt;
    } while (!count_.compare_exchange_weak(seen, {seen.inside + 1, 0}, std::memory_order_relaxed));
    return Permit(*this);
}

bool Gate::queue_up(const std::shared_ptr<Waiter>& waiter)
{
    const std::lock_guard lock(mutex_);
    if (std::ssize(queue_) >= queue_size_) return false;
    queue_.push_back(waiter);
    add({.inside = 0, .waiting = 1});
    let_in();  // a place may have become free since enter_now()
    return true;
}

/// False where the waiter has been let in.
bool Gate::give_up(const std::shared_ptr<Waiter>& waiter)
{
    const std::lock_guard lock(mutex_);
    if (waiter->let_in) return false;
    std::erase(queue_, waiter);
    add({.inside = 0, .waiting = -1});
    return true;
}

void Gate::leave()
{
    auto seen = count();
    while (seen.waiting == 0)
        if (count_.compare_exchange_weak(seen, {seen.inside - 1, 0}, std::memory_order_relaxed))
            return;
    const std::lock_guard lock(mutex_);
    add({.inside = -1, .waiting = 0});
    let_in();
}

/// Those who wait go before those who come, as far as there is room. Under the lock.
void Gate::let_in()
{
    const auto room = max_concurrency_.load(std::memory_order_relaxed);
    while (!queue_.empty() && count().inside < room) {
        auto waiter = std::move(queue_.front());
        queue_.pop_front();
        waiter->let_in = true;
        add({.inside = 1, .waiting = -1});
        const auto executor = waiter->alarm.get_executor();
        asio::post(executor, [waiter = std::move(waiter)] { waiter->alarm.cancel(); });
    }
}

void Gate::add(Count change)
{
    auto seen = count();
    while (!count_.compare_exchange_weak(
        seen,
        {seen.inside + change.inside, seen.waiting + change.waiting},
        std::memory_order_relaxed
    )) {
    }
}

void Gate::reconfigure(int max_concurrency, int queue_size)
{
    const std::lock_guard lock(mutex_);
    max_concurrency_.store(max_concurrency, std::memory_order_relaxed);
    queue_size_ = queue_size;
    let_in();
}

}  // namespace sluice
