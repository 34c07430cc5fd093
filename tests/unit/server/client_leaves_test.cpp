// The client seen from the handler: it leaves, it reads slowly, it stops reading.
#include "unit/server/front_door.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <gtest/gtest.h>

#include <atomic>

namespace sluice::test {
namespace {

using Timer = asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, Executor>;

/// Waits for ever, as a handler does for a provider; true where that was cancelled.
Task<bool> wait_for_ever()
{
    Timer timer(co_await asio::this_coro::executor, 1h);
    const auto [error] = co_await timer.async_wait(no_throw);
    co_return error == asio::error::operation_aborted;
}

/// A door whose handler waits, and when it was told that the client had left.
struct WaitingDoor {
    std::atomic<bool> waiting = false;
    std::atomic<Clock::rep> cancelled{0};
    std::optional<ErrorKind> answer;  // what an answer after that met
    FrontDoor door{[this](Request&, Responder& responder) -> Task<void> {
        waiting = true;
        if (!co_await wait_for_ever()) co_return;
        if (auto sent = co_await responder.send(200, {}, "too late"); !sent)
            answer = sent.error().kind;
        cancelled = Clock::now().time_since_epoch().count();
    }};

    /// How long after `leave` the handler knew.
    Clock::duration noticed_after(const std::function<void(RawClient&)>& leave)
    {
        auto client = door.client();
        client.send(get("/"));
        EXPECT_TRUE(FrontDoor::eventually([&] { return waiting.load(); }));
        const auto left = Clock::now();
        leave(client);
        EXPECT_TRUE(FrontDoor::eventually([&] { return cancelled != 0; }));
        EXPECT_TRUE(FrontDoor::eventually([&] { return door.listener().sessions() == 0; }));
        EXPECT_EQ(answer, ErrorKind::cancelled);
        return Clock::duration(cancelled.load()) - left.time_since_epoch();
    }
};

TEST(ClientLeaves, closing_cancels_the_handler_at_once)
{
    EXPECT_LT(WaitingDoor().noticed_after([](RawClient& client) { client.close(); }), 100ms);
}

TEST(ClientLeaves, a_reset_cancels_the_handler_at_once)
{
    EXPECT_LT(WaitingDoor().noticed_after([](RawClient& client) { client.reset(); }), 100ms);
}

TEST(ClientLeaves, the_end_of_what_it_sends_counts_as_leaving)
{
    EXPECT_LT(WaitingDoor().noticed_after([](RawClient& client) { client.half_close(); }), 100ms);
}

TEST(ClientLeaves, closing_after_pipelined_bytes_cancels_the_handler_too)
{
    const auto send_and_close = [](RawClient& client) { client.send(get("/next")).close(); };
    EXPECT_LT(WaitingDoor().noticed_after(send_and_close), 100ms);
}

TEST(ClientLeaves, stop_cancels_the_handler_whose_last_words_still_go_out)
{
    WaitingDoor door;
    auto client = door.door.client();
    client.send(get("/"));
    EXPECT_TRUE(FrontDoor::eventually([&] { return door.waiting.load(); }));
    const auto told = Clock::now();
    door.door.on_worker([&] { door.door.listener().stop(); });
    EXPECT_EQ(client.read_response().body, "too late");
    EXPECT_LT(Clock::now() - told, 100ms);
    EXPECT_FALSE(door.answer);
}

TEST(ClientLeaves, bytes_for_the_next_request_do_not_cancel_this_one)
{
    std::atomic<bool> waiting = false;
    FrontDoor door([&](Request& request, Responder& responder) -> Task<void> {
        Timer timer(co_await asio::this_coro::executor, 30ms);
        waiting = true;
        const auto [error] = co_await timer.async_wait(no_throw);
        EXPECT_FALSE(error);
        co_await echo(request, responder);
    });
    auto client = door.client();
    client.send(get("/1"));
    EXPECT_TRUE(FrontDoor::eventually([&] { return waiting.load(); }));
    client.drip(get("/2"), 1ms, 10);
    EXPECT_EQ(client.read_response().body, "GET /1||");
    EXPECT_EQ(client.read_response().body, "GET /2||");
}

TEST(ClientLeaves, the_cancellation_is_repeated_for_a_handler_that_goes_on)
{
    std::atomic<int> cancelled = 0;
    FrontDoor door([&](Request&, Responder&) -> Task<void> {
        for (int i = 0; i < 3; ++i)
            if (co_await wait_for_ever()) ++cancelled;
    });
    door.client().send(get("/")).close();
    EXPECT_TRUE(FrontDoor::eventually([&] { return cancelled == 3; }));
}

TEST(ClientLeaves, operands_of_a_race_are_cancelled_too)
{
    using namespace asio::experimental::awaitable_operators;
    std::atomic<bool> cancelled = false;
    FrontDoor door([&](Request&, Responder&) -> Task<void> {
        std::ignore = co_await (wait_for_ever() || wait_for_ever());
        cancelled = true;
    });
    door.client().send(get("/")).close();
    EXPECT_TRUE(FrontDoor::eventually([&] { return cancelled.load(); }));
}

/// Writes pieces of 64 KiB for ever and says how it went.
struct FloodingDoor {
    std::atomic<std::size_t> written = 0;
    std::atomic<bool> ended = false;
    std::optional<ErrorKind> error;
    Clock::duration blocked{};
    FrontDoor door;

    explicit FloodingDoor(ServerConfig config)
        : door([this](Request&, Responder& responder) { return flood(responder); }, config)
    {
    }
    Task<void> flood(Responder& responder)
    {
        const std::string piece(64 * 1024, 'x');
        auto result = co_await responder.begin_stream(200, {});
        while (result) {
            result = co_await responder.write(piece);
            if (result) written += piece.size();
        }
        error = result.error().kind;
        blocked = responder.blocked();
        ended = true;
    }
    /// True once nothing was written for a while: the writer waits.
    bool stalls()
    {
        return FrontDoor::eventually([&] {
            const auto before = written.load();
            std::this_thread::sleep_for(50ms);
            return before > 0 && written == before;
        });
    }
};

TEST(SlowReader, holds_the_writer_back)
{
    FloodingDoor flooding({});
    RawClient client(flooding.door.port(), 4096);
    auto response = client.send(get("/")).read_head();
    ASSERT_TRUE(flooding.stalls());
    const auto stalled_at = flooding.written.load();
    while (response.body.size() < stalled_at) ASSERT_TRUE(client.read_piece(response));
    EXPECT_TRUE(FrontDoor::eventually([&] { return flooding.written > stalled_at; }));
    client.close();
    EXPECT_TRUE(FrontDoor::eventually([&] { return flooding.ended.load(); }));
    EXPECT_EQ(flooding.error, ErrorKind::cancelled);
    EXPECT_GT(flooding.blocked, 20ms);
}

TEST(SlowReader, that_takes_nothing_is_gone_after_the_write_timeout)
{
    FloodingDoor flooding({.write_timeout = 100ms});
    RawClient client(flooding.door.port(), 4096);
    client.send(get("/"));
    EXPECT_TRUE(FrontDoor::eventually([&] { return flooding.ended.load(); }));
    EXPECT_EQ(flooding.error, ErrorKind::cancelled);
    EXPECT_GE(flooding.blocked, 90ms);
    EXPECT_TRUE(FrontDoor::eventually([&] { return flooding.door.listener().sessions() == 0; }));
    client.read_rest();
    EXPECT_TRUE(client.was_reset());
}

TEST(SlowReader, that_leaves_frees_a_blocked_writer_at_once)
{
    FloodingDoor flooding({});
    RawClient client(flooding.door.port(), 4096);
    client.send(get("/"));
    ASSERT_TRUE(flooding.stalls());
    const auto left = Clock::now();
    client.close();
    EXPECT_TRUE(FrontDoor::eventually([&] { return flooding.ended.load(); }));
    EXPECT_LT(Clock::now() - left, 100ms);
}

}  // namespace
}  // namespace sluice::test
