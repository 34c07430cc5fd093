#pragma once

#include "core/error.hpp"
#include "core/task.hpp"
#include "telemetry/log.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>

#include <atomic>
#include <chrono>
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

    /// As run(), for a page that anybody may ask for again and again: no more than most_pages are
    /// waited for at once, so that these cannot hold up what else the thread has to do, or its end.
    /// ErrorKind::overloaded_here past that.
    Task<Result<std::string>> run_page(
        Executor executor, std::move_only_function<std::string()> work
    )
    {
        const Place place(pages_);
        if (!place.free)
            co_return std::unexpected(Error{
                .kind = ErrorKind::overloaded_here,
                .message = "too many such pages are being made",
                .retry_after = std::chrono::seconds(1),
            });
        co_return co_await run(executor, std::move(work));
    }
    static constexpr int most_pages = 8;

    /// Finishes what was begun and takes no more. Before the loops that wait for results are gone.
    void stop() { thread_.join(); }
    ~Background() { stop(); }

private:
    struct Place {
        explicit Place(std::atomic<int>& places) : taken(places), free(++places <= most_pages) {}
        ~Place() { --taken; }
        Place(const Place&) = delete;
        Place& operator=(const Place&) = delete;
        std::atomic<int>& taken;
        const bool free;
    };

    std::atomic<int> pages_ = 0;
    asio::thread_pool thread_{1};
};

}  // namespace sluice
