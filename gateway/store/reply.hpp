#pragma once

#include "core/error.hpp"
#include "core/task.hpp"
#include "core/time.hpp"

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include <memory>
#include <mutex>
#include <optional>

namespace sluice {

/// An answer on its way from a thread of the store to the task that waits for it on its worker.
/// Either side may be gone first.
template <class T>
class Reply : public std::enable_shared_from_this<Reply<T>> {
public:
    /// Once, from any thread.
    void deliver(Result<T> answer)
    {
        const std::lock_guard lock(mutex_);
        answer_ = std::move(answer);
        // Under the lock, because a waiter that has not left yet keeps its worker's context alive.
        if (alarm_)
            asio::post(alarm_->get_executor(), [self = this->shared_from_this()] { self->wake(); });
    }

    /// The answer, or ErrorKind::cancelled.
    static Task<Result<T>> wait(std::shared_ptr<Reply> reply)
    {
        co_await asio::this_coro::throw_if_cancelled(false);
        Alarm alarm(co_await asio::this_coro::executor, TimePoint::max());
        const Seat seat(*reply, alarm);
        for (;;) {
            if (auto answer = reply->take()) co_return std::move(*answer);
            // A drain (total cancellation) ends the wait for the alarm, but not for the answer.
            const auto cancelled = (co_await asio::this_coro::cancellation_state).cancelled();
            if ((cancelled & asio::cancellation_type::terminal) != asio::cancellation_type::none)
                co_return fail(ErrorKind::cancelled, "cancelled while waiting for the store");
            co_await alarm.async_wait(no_throw);
        }
    }

private:
    using Alarm = asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, Executor>;

    /// The place where the answer looks for its waiter, for as long as that one's frame stands.
    class Seat {
    public:
        Seat(Reply& reply, Alarm& alarm) : reply_(reply) { reply_.sit(&alarm); }
        Seat(const Seat&) = delete;
        Seat& operator=(const Seat&) = delete;
        ~Seat() { reply_.sit(nullptr); }

    private:
        Reply& reply_;
    };

    std::mutex mutex_;
    std::optional<Result<T>> answer_;
    Alarm* alarm_ = nullptr;

    void sit(Alarm* alarm)
    {
        const std::lock_guard lock(mutex_);
        alarm_ = alarm;
    }
    void wake()
    {
        const std::lock_guard lock(mutex_);
        if (alarm_) alarm_->cancel();
    }
    std::optional<Result<T>> take()
    {
        const std::lock_guard lock(mutex_);
        return std::exchange(answer_, std::nullopt);
    }
};

}  // namespace sluice
