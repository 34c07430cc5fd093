#include "server/listener.hpp"

#include "support/sanitized.hpp"
#include "unit/server/front_door.hpp"

#include <boost/asio/steady_timer.hpp>
#include <gtest/gtest.h>

#include <atomic>
#include <sys/resource.h>

namespace sluice::test {
namespace {

using Timer = asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, Executor>;

/// A handler that never answers.
struct Nobody : Handler, FrontDoorCounters {
    Task<void> handle(Request&, Responder&) override
    {
        Timer timer(co_await asio::this_coro::executor, 1h);
        co_await timer.async_wait(no_throw);
    }
    void rejected(std::string_view) override {}
    void trailers(int) override {}
};

/// A handler that waits until it is let go.
struct HeldDoor {
    std::atomic<int> held = 0;
    std::atomic<bool> released = false;
    FrontDoor door{[this](Request& request, Responder& responder) -> Task<void> {
        ++held;
        Timer timer(co_await asio::this_coro::executor);
        while (!released) {
            timer.expires_after(1ms);
            if (const auto [error] = co_await timer.async_wait(no_throw); error) co_return;
        }
        co_await echo(request, responder);
    }};

    RawClient busy_client()
    {
        const int before = held;
        RawClient client(door.port());
        client.send(get("/held"));
        EXPECT_TRUE(FrontDoor::eventually([&] { return held > before; }));
        return client;
    }
    void drain()
    {
        door.on_worker([&] { door.listener().drain(); });
    }
};

TEST(Listener, an_address_in_use_by_another_program_is_named)
{
    // Bound without SO_REUSEPORT, so nobody may share it.
    asio::io_context context;
    asio::ip::tcp::acceptor other(context, {asio::ip::address_v4::loopback(), 0}, false);
    const auto address = other.local_endpoint();
    DeadlineTimer timer(context);
    Nobody nobody;
    ConnectionCount count;
    try {
        Listener listener(context, timer, address, {}, nobody, nobody, count);
        FAIL() << "bound twice";
    } catch (const boost::system::system_error& error) {
        const auto expected = "cannot listen on 127.0.0.1:" + std::to_string(address.port());
        EXPECT_NE(std::string(error.what()).find(expected), std::string::npos) << error.what();
    }
}

TEST(Listener, workers_share_an_address)
{
    FrontDoor door;
    asio::io_context context;
    DeadlineTimer timer(context);
    Nobody nobody;
    ConnectionCount count;
    EXPECT_NO_THROW(Listener(context, timer, door.listener().address(), {}, nobody, nobody, count));
}

TEST(Listener, connections_over_the_limit_are_closed_at_once)
{
    FrontDoor door(&echo, {.max_connections = 2});
    auto first = door.client();
    auto second = door.client();
    EXPECT_EQ(first.send(get("/")).read_response().status, 200);
    EXPECT_EQ(second.send(get("/")).read_response().status, 200);
    auto third = door.client();
    EXPECT_TRUE(third.closed_by_server());
    EXPECT_EQ(door.connections().refused, 1u);
    EXPECT_EQ(door.connections().open, 2);

    first.close();
    EXPECT_TRUE(FrontDoor::eventually([&] { return door.connections().open == 1; }));
    EXPECT_EQ(door.ask(get("/")).status, 200);
}

TEST(Listener, survives_running_out_of_descriptors)
{
    if (sanitized) GTEST_SKIP() << "the sanitizer needs descriptors of its own";
    FrontDoor door;
    auto client = door.client();
    EXPECT_EQ(client.send(get("/")).read_response().status, 200);

    rlimit usual{};
    getrlimit(RLIMIT_NOFILE, &usual);
    RawClient late = [&] {
        // One descriptor is left, and the client itself takes it.
        const int next = dup(0);
        ::close(next);
        const rlimit none{static_cast<rlim_t>(next) + 1, usual.rlim_max};
        setrlimit(RLIMIT_NOFILE, &none);
        return door.client();
    }();
    late.send(get("/late"));
    EXPECT_FALSE(late.readable(150ms));
    EXPECT_EQ(client.send(get("/")).read_response().status, 200);  // others go on
    setrlimit(RLIMIT_NOFILE, &usual);
    EXPECT_EQ(late.read_response().body, "GET /late||");
}

TEST(Drain, closes_idle_connections_and_accepts_no_more)
{
    HeldDoor held;
    held.released = true;
    auto fresh = held.door.client();
    auto used = held.door.client();
    EXPECT_EQ(used.send(get("/")).read_response().status, 200);
    EXPECT_TRUE(FrontDoor::eventually([&] { return held.door.listener().sessions() == 2; }));
    held.drain();
    EXPECT_TRUE(fresh.closed_by_server());
    EXPECT_TRUE(used.closed_by_server());
    EXPECT_FALSE(fresh.was_reset() || used.was_reset());
    EXPECT_TRUE(FrontDoor::eventually([&] { return held.door.listener().sessions() == 0; }));
    EXPECT_THROW(held.door.client(), std::system_error);
}

TEST(Drain, lets_a_busy_connection_finish_its_response)
{
    HeldDoor held;
    auto client = held.busy_client();
    held.drain();
    EXPECT_FALSE(client.readable(30ms));
    held.released = true;
    const auto response = client.read_response();
    EXPECT_EQ(response.body, "GET /held||");
    EXPECT_EQ(response.header("connection"), "close");
    EXPECT_TRUE(client.closed_by_server());
    client.close();
    EXPECT_TRUE(FrontDoor::eventually([&] { return held.door.listener().sessions() == 0; }));
}

TEST(Drain, lets_a_request_that_has_begun_arrive)
{
    HeldDoor held;
    held.released = true;
    auto client = held.door.client();
    client.send("GET /begun HTTP/1.1\r\n");
    EXPECT_TRUE(FrontDoor::eventually([&] { return held.door.listener().sessions() == 1; }));
    std::this_thread::sleep_for(20ms);  // for the bytes to be read; earlier it would count as idle
    held.drain();
    const auto response = client.send("Host: t\r\n\r\n").read_response();
    EXPECT_EQ(response.body, "GET /begun||");
    EXPECT_EQ(response.header("connection"), "close");
}

TEST(Drain, stop_ends_what_draining_left)
{
    HeldDoor held;
    auto first = held.busy_client();
    auto second = held.busy_client();
    held.drain();
    EXPECT_EQ(held.door.listener().sessions(), 2u);
    held.door.on_worker([&] { held.door.listener().stop(); });
    EXPECT_TRUE(first.closed_by_server());
    EXPECT_TRUE(second.closed_by_server());
    EXPECT_TRUE(FrontDoor::eventually([&] { return held.door.listener().sessions() == 0; }));
    EXPECT_EQ(held.door.connections().open, 0);
}

TEST(Drain, a_worker_that_ends_with_sessions_open_leaks_nothing)
{
    Nobody nobody;
    ConnectionCount count;
    {
        asio::io_context context{1};
        DeadlineTimer timer(context);
        Listener listener(
            context, timer, {asio::ip::address_v4::loopback(), 0}, {}, nobody, nobody, count
        );
        listener.start();
        RawClient idle(listener.address().port());
        RawClient busy(listener.address().port());
        busy.send(get("/"));
        context.run_for(50ms);
        EXPECT_EQ(listener.sessions(), 2u);
    }
    EXPECT_EQ(count.open, 0);
}

}  // namespace
}  // namespace sluice::test
