#pragma once

#include "core/deadline_timer.hpp"
#include "unit/upstream/certificates.hpp"
#include "upstream/exchange.hpp"
#include "upstream/pool.hpp"
#include "upstream/resolver.hpp"
#include "upstream/tls.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace sluice::test {

using namespace std::chrono_literals;

inline TimePoint in(milliseconds span)
{
    return Clock::now() + span;
}
inline PhaseDeadlines patient()
{
    return {.connect = in(10s), .response = in(10s)};
}

/// A task in the making; its result, once it has one. Outlives the task.
template <class T>
struct Running {
    asio::cancellation_signal signal;
    std::optional<T> result;
};

/// A worker as far as this folder needs one: context, timer, pool. Runs where it is told to.
class Client {
public:
    explicit Client(
        Resolver::Lookup lookup = to_loopback, const std::string& ca_file = authority().file()
    )
        : resolver({.lookup = std::move(lookup)}), tls(ca_file)
    {
    }

    static Result<Resolver::Addresses> to_loopback(const std::string&)
    {
        return Resolver::Addresses{asio::ip::address_v4::loopback()};
    }

    template <class T>
    void spawn(Task<T> task, Running<T>& running)
    {
        latest_ = &running.signal;
        asio::co_spawn(
            context,
            std::move(task),
            asio::bind_cancellation_slot(
                running.signal.slot(),
                [&running](const std::exception_ptr& thrown, T value) {
                    if (thrown) std::rethrow_exception(thrown);
                    running.result = std::move(value);
                }
            )
        );
    }
    /// Runs until the task is done.
    template <class T>
    T run(Task<T> task)
    {
        Running<T> running;
        spawn(std::move(task), running);
        run_until([&] { return running.result.has_value(); });
        latest_ = nullptr;
        return std::move(*running.result);
    }
    void run_until(const std::function<bool()>& done)
    {
        const auto limit = in(20s);
        while (!done()) {
            if (Clock::now() > limit) throw std::runtime_error("nothing happens");
            context.restart();
            context.run_one_for(1s);
        }
    }
    /// Does what can be done without waiting.
    void turn()
    {
        context.restart();
        context.poll();
    }
    /// Cancels the task that was spawned last, if it still runs. From any thread.
    void cancel(asio::cancellation_type type = asio::cancellation_type::terminal)
    {
        asio::post(context, [this, type] {
            if (latest_) latest_->emit(type);
        });
    }

    asio::io_context context{1};
    DeadlineTimer timer{context};
    Resolver resolver;
    TlsClient tls;
    Pool pool{context, timer, resolver, tls};

private:
    asio::cancellation_signal* latest_ = nullptr;
};

inline Endpoint endpoint_at(
    std::uint16_t port, const std::string& host = "127.0.0.1", bool tls = false
)
{
    Endpoint endpoint;
    endpoint.origin = {.tls = tls, .host = host, .port = port};
    return endpoint;
}

inline HttpRequest post(std::string body = "{}")
{
    HttpRequest request;
    request.target = "/v1/chat";
    request.body = std::move(body);
    return request;
}

struct Fetched {
    int status = 0;
    Headers headers;
    std::string body;
    bool reused = false;
};

/// One whole exchange; afterwards its connection is idle or closed.
inline Task<Result<Fetched>> fetch(
    Client& client, Endpoint endpoint, HttpRequest request, PhaseDeadlines deadlines = patient()
)
{
    auto exchange = co_await Exchange::start(client.pool, endpoint, request, deadlines);
    if (!exchange) co_return std::unexpected(exchange.error());
    auto body = co_await exchange->read_all(in(10s), 64 << 20);
    if (!body) co_return std::unexpected(body.error());
    co_return Fetched{
        exchange->status(), exchange->headers().copied(), std::move(*body), exchange->reused()
    };
}

/// Starts an exchange and hands it over; nullptr where it failed.
inline Task<std::unique_ptr<Exchange>> start(
    Client& client, Endpoint endpoint, HttpRequest request = post()
)
{
    auto exchange = co_await Exchange::start(client.pool, endpoint, request, patient());
    if (!exchange) co_return nullptr;
    co_return std::make_unique<Exchange>(std::move(*exchange));
}

/// The error's kind; nullopt where there is none.
template <class T>
std::optional<ErrorKind> kind_of(const Result<T>& result)
{
    return result ? std::nullopt : std::optional(result.error().kind);
}

}  // namespace sluice::test

namespace sluice {
inline void PrintTo(ErrorKind kind, std::ostream* out)
{
    *out << code_of(kind);
}
}  // namespace sluice
