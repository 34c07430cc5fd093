#pragma once

#include "core/task.hpp"
#include "telemetry/log.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>

#include <exception>
#include <functional>
#include <string>
#include <utility>

namespace sluice {

/// One thread for work that would hold up an event loop.
class Background {
public:
    /// Runs the function there and brings its result back to the awaiting worker; empty where it
    /// threw. Not cancellable.
    Task<std::string> run(Executor executor, std::move_only_function<std::string()> work)
    {
        // The work guard keeps the worker's loop alive until the result is back.
        auto initiate =
            [this](auto handler, Executor home, std::move_only_function<std::string()> job) {
                asio::post(
                    thread_,
                    [handler = std::move(handler),
                     job = std::move(job),
                     guard = asio::make_work_guard(home)]() mutable {
                        std::string result;
                        try {
                            result = job();
                        } catch (const std::exception& failure) {
                            LogLine(LogLevel::error, "background work failed")
                                .text("what", failure.what())
                                .write();
                        }
                        auto to = guard.get_executor();
                        asio::post(
                            to,
                            [handler = std::move(handler), result = std::move(result)]() mutable {
                                std::move(handler)(std::move(result));
                            }
                        );
                    }
                );
            };
        asio::use_awaitable_t<Executor> token;
        co_return co_await asio::async_initiate<asio::use_awaitable_t<Executor>, void(std::string)>(
            std::move(initiate), token, executor, std::move(work)
        );
    }

    /// Finishes what was begun and takes no more. Before the loops that wait for results are gone.
    void stop() { thread_.join(); }
    ~Background() { stop(); }

private:
    asio::thread_pool thread_{1};
};

}  // namespace sluice
