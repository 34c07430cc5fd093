#pragma once

#include "server/listener.hpp"
#include "support/raw_client.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <functional>
#include <future>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace sluice::test {

using namespace std::chrono_literals;

inline std::string echo_text(const Request& request)
{
    return concat(request.method, " ", request.path, "|", request.query, "|", request.body);
}

inline Task<void> echo(Request& request, Responder& responder)
{
    std::ignore = co_await responder.send(200, {}, echo_text(request));
}

/// A listener on loopback with a worker thread and a handler made of a function.
class FrontDoor : public Handler, public FrontDoorCounters {
public:
    using Script = std::function<Task<void>(Request&, Responder&)>;

    explicit FrontDoor(Script script = &echo, ServerConfig config = {})
        : script_(std::move(script)), work_(context_.get_executor())
    {
        listener_.emplace(
            context_,
            timer_,
            asio::ip::tcp::endpoint(asio::ip::address_v4::loopback(), 0),
            config,
            *this,
            *this,
            connections_
        );
        listener_->start();
        thread_ = std::thread([this] { context_.run(); });
    }
    ~FrontDoor()
    {
        on_worker([&] { listener_->stop(); });
        eventually([&] { return listener_->sessions() == 0; });
        on_worker([&] {
            listener_.reset();
            context_.stop();  // a deadline may be due much later
        });
        thread_.join();
    }

    std::uint16_t port() const { return listener_->address().port(); }
    RawClient client() const { return RawClient(port()); }
    /// One request on a connection of its own.
    RawResponse ask(std::string_view bytes) const { return client().send(bytes).read_response(); }

    Listener& listener() { return *listener_; }
    ConnectionCount& connections() { return connections_; }
    /// Runs it on the worker and returns when it has run.
    void on_worker(std::function<void()> action)
    {
        std::promise<void> done;
        asio::post(context_, [&] {
            action();
            done.set_value();
        });
        done.get_future().wait();
    }
    /// True once the condition holds; false where it does not within two seconds.
    static bool eventually(const std::function<bool()>& condition)
    {
        for (const auto end = Clock::now() + 2s; Clock::now() < end;
             std::this_thread::sleep_for(1ms))
            if (condition()) return true;
        return condition();
    }

    std::vector<std::string> refusals()
    {
        const std::lock_guard lock(mutex_);
        return refusals_;
    }
    int dropped_trailers()
    {
        const std::lock_guard lock(mutex_);
        return trailers_;
    }

private:
    Task<void> handle(Request& request, Responder& responder) override
    {
        return script_(request, responder);
    }
    void rejected(std::string_view reason) override
    {
        const std::lock_guard lock(mutex_);
        refusals_.emplace_back(reason);
    }
    void trailers(int count) override
    {
        const std::lock_guard lock(mutex_);
        trailers_ += count;
    }

    Script script_;
    std::mutex mutex_;
    std::vector<std::string> refusals_;
    int trailers_ = 0;
    ConnectionCount connections_;
    asio::io_context context_{1};
    DeadlineTimer timer_{context_};
    asio::executor_work_guard<Executor> work_;
    std::optional<Listener> listener_;
    std::thread thread_;
};

/// `GET <target>` with a Host and whatever fields are given, each ended by CR LF.
inline std::string get(std::string_view target, std::string_view fields = {})
{
    return concat("GET ", target, " HTTP/1.1\r\nHost: t\r\n", fields, "\r\n");
}

/// `POST /` with this body.
inline std::string post(std::string_view body, std::string_view fields = {})
{
    return concat(
        "POST / HTTP/1.1\r\nHost: t\r\n",
        fields,
        "Content-Length: ",
        std::to_string(body.size()),
        "\r\n\r\n",
        body
    );
}

}  // namespace sluice::test
