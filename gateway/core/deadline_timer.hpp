#pragma once

#include "core/task.hpp"
#include "core/time.hpp"

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/intrusive/list.hpp>

#include <functional>

namespace sluice {

class DeadlineTimer;

/// One deadline among the many of a worker. Arming is a store of a time, almost always; on expiry
/// the function runs once, on the worker, and has to be quick (cancel a socket, set a flag).
class Watch : public boost::intrusive::list_base_hook<
                  boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
public:
    Watch(DeadlineTimer& timer, std::move_only_function<void()> on_expiry)
        : timer_(timer), on_expiry_(std::move(on_expiry))
    {
    }
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

    /// Sets (or moves) the deadline and forgets an earlier expiry.
    void arm(TimePoint when);
    void disarm();
    /// True once the deadline passed while armed.
    bool expired() const { return expired_; }

private:
    friend class DeadlineTimer;
    DeadlineTimer& timer_;
    std::move_only_function<void()> on_expiry_;
    TimePoint when_ = TimePoint::max();
    bool expired_ = false;
};

/// The deadlines of one worker: one timer for all, which sweeps when the earliest may have passed,
/// at most once every 10 ms. Deadlines are therefore met late by up to that, never early. It must
/// stay until its context no longer runs handlers, and outlive its watches.
class DeadlineTimer {
public:
    static constexpr milliseconds resolution{10};

    explicit DeadlineTimer(asio::io_context& context) : timer_(context.get_executor()) {}

private:
    friend class Watch;
    using Watches = boost::intrusive::list<Watch, boost::intrusive::constant_time_size<false>>;

    asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, Executor> timer_;
    Watches watches_;
    TimePoint next_sweep_ = TimePoint::max();

    void sweep_by(TimePoint when);
    void sweep();
};

}  // namespace sluice
