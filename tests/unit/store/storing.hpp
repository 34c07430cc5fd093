#pragma once

#include "store/store.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

namespace sluice::test {

using namespace std::chrono_literals;

/// Seconds since 1970 as the test says.
class ManualClock {
public:
    Retention keeping(std::chrono::seconds keep) const
    {
        return {.keep = keep, .now = [now = now_] { return now->load(); }};
    }
    std::int64_t now() const { return *now_; }
    void pass(std::chrono::seconds span) { *now_ += span.count(); }

private:
    std::shared_ptr<std::atomic<std::int64_t>> now_ =
        std::make_shared<std::atomic<std::int64_t>>(1'800'000'000);
};

/// A task under way and its result, once it has one.
template <class T>
struct Running {
    asio::cancellation_signal signal;
    std::optional<T> result;
};

/// A worker's event loop; runs where it is told to.
class EventLoop {
public:
    /// Begins the task: it runs until it has to wait.
    template <class T>
    std::shared_ptr<Running<T>> start(Task<T> task)
    {
        auto running = std::make_shared<Running<T>>();
        asio::co_spawn(
            context,
            std::move(task),
            asio::bind_cancellation_slot(
                running->signal.slot(),
                [running](const std::exception_ptr& thrown, T value) {
                    if (thrown) std::rethrow_exception(thrown);
                    running->result = std::move(value);
                }
            )
        );
        turn();
        return running;
    }
    template <class T>
    T finish(const std::shared_ptr<Running<T>>& running)
    {
        const auto limit = std::chrono::steady_clock::now() + 20s;
        while (!running->result) {
            if (std::chrono::steady_clock::now() > limit)
                throw std::runtime_error("the task does not end");
            context.restart();
            context.run_one_for(1s);
        }
        return std::move(*running->result);
    }
    template <class T>
    T run(Task<T> task)
    {
        return finish(start(std::move(task)));
    }
    /// Does what can be done without waiting.
    void turn()
    {
        context.restart();
        context.poll();
    }

    asio::io_context context{1};
};

inline StoredResponse stored(
    std::string id, std::int64_t created_at, std::string previous = "", std::string caller = "ann"
)
{
    return {
        .id = std::move(id),
        .caller = std::move(caller),
        .previous = std::move(previous),
        .input = R"([{"role":"user","content":"hi"}])",
        .response = R"({"object":"response"})",
        .created_at = created_at
    };
}

}  // namespace sluice::test

namespace sluice {
inline void PrintTo(const StoredResponse& response, std::ostream* out)
{
    *out << response.id;
}
}  // namespace sluice
