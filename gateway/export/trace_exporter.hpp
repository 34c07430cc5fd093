#pragma once

#include "config/config.hpp"
#include "core/deadline_timer.hpp"
#include "core/loop.hpp"
#include "core/task.hpp"
#include "export/collector_answer.hpp"
#include "telemetry/trace_queue.hpp"
#include "upstream/pool.hpp"

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/executor_work_guard.hpp>

#include <string>
#include <thread>

namespace sluice {

class Resolver;
class TlsClients;

/// Sends the spans of finished requests to a collector, on a thread of its own: a batch when there
/// is one, what there is after an interval. Whatever the collector does, workers do not notice;
/// what it does not take is dropped and counted.
class TraceExporter {
public:
    /// Throws where the endpoint is no URL or the CA file cannot be read.
    TraceExporter(const TraceConfig& config, Resolver& resolver, TlsClients& tls);
    ~TraceExporter();  ///< stop()

    TraceQueue& queue() { return queue_; }
    void start();
    /// What the collector gets at the end, at most: a dead one must not delay the process's end
    /// past the grace that its supervisor gives.
    static constexpr milliseconds last_words{2000};

    /// Sends what waits, once, within last_words. What is pushed later goes nowhere.
    void stop();

private:
    using Timer = asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, Executor>;

    const TraceConfig config_;
    Endpoint collector_;
    TraceQueue queue_;
    Loop loop_;
    asio::executor_work_guard<Executor> guard_{loop_.get_executor()};
    DeadlineTimer deadlines_{loop_};
    Pool pool_;
    Timer idle_{loop_.get_executor()};
    Timer pause_{loop_.get_executor()};
    Timer farewell_{loop_.get_executor()};
    asio::cancellation_signal give_up_;  ///< on the batch that is on its way
    TimePoint end_ = TimePoint::max();   ///< once it stops: when it must be over
    bool failing_ = false;               ///< the last batch did not get through
    std::thread thread_;

    bool stopping() const { return end_ != TimePoint::max(); }
    Task<void> run();
    Task<void> deliver(std::vector<RequestTrace> batch);
    Task<Result<HttpResponse>> post(const HttpRequest& request);
    void report(bool delivered, std::string_view why);
};

}  // namespace sluice
