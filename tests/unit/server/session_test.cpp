// Reading requests from one connection: in pieces, in time, one after the other.
#include "server/session.hpp"

#include "support/sanitized.hpp"
#include "unit/server/front_door.hpp"

#include <boost/asio/steady_timer.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <fstream>

namespace sluice::test {
namespace {

using testing::ElementsAre;

const std::string chunked_request =
    "POST /p HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n"
    "5\r\nhello\r\n1;x=y\r\n \r\n5\r\nworld\r\n0\r\nX-Trailer: 1\r\n\r\n";

milliseconds since(TimePoint begin)
{
    return std::chrono::duration_cast<milliseconds>(Clock::now() - begin);
}

/// Resident memory of this process in KiB.
long resident()
{
    long size = 0, pages = 0;
    std::ifstream("/proc/self/statm") >> size >> pages;
    return pages * 4;
}

TEST(Session, answers_requests_one_after_the_other)
{
    FrontDoor door;
    auto client = door.client();
    for (int i = 0; i < 3; ++i) {
        const auto response = client.send(get("/" + std::to_string(i))).read_response();
        EXPECT_EQ(response.body, "GET /" + std::to_string(i) + "||");
        EXPECT_EQ(response.header("connection"), "");
    }
    EXPECT_EQ(door.connections().open, 1);
}

TEST(Session, pipelined_requests_are_answered_in_order)
{
    FrontDoor door;
    auto client = door.client();
    client.send(get("/1") + post("two") + chunked_request + get("/4"));
    for (const auto* expected : {"GET /1||", "POST /||two", "POST /p||hello world", "GET /4||"})
        EXPECT_EQ(client.read_response().body, expected);
}

TEST(Session, a_request_right_behind_a_long_body_is_answered_too)
{
    FrontDoor door;
    auto client = door.client();
    for (const std::size_t size : {5'000u, 20'000u, 200'000u}) {
        const std::string body(size, 'x');
        client.send(post(body) + get("/next"));
        EXPECT_EQ(client.read_response().body, "POST /||" + body);
        EXPECT_EQ(client.read_response().body, "GET /next||");
    }
}

TEST(Session, pipelining_beyond_what_is_kept_works)
{
    // Far more than a session keeps while a handler runs; the rest waits in the kernel.
    FrontDoor door([](Request& request, Responder& responder) -> Task<void> {
        asio::steady_timer pause(co_await asio::this_coro::executor, 100us);
        co_await pause.async_wait(asio::use_awaitable_t<Executor>{});
        std::ignore = co_await responder.send(200, {}, request.path);
    });
    std::string requests;
    for (int i = 0; i < 500; ++i)
        requests += get("/" + std::to_string(i), "Padding: " + std::string(100, 'x') + "\r\n");
    auto client = door.client();
    client.send(requests);
    for (int i = 0; i < 500; ++i) ASSERT_EQ(client.read_response().body, "/" + std::to_string(i));
}

TEST(Session, more_than_is_kept_may_come_while_the_worker_is_busy)
{
    std::atomic<bool> proceed = false, busy = false, sent = false;
    FrontDoor door([&](Request& request, Responder& responder) -> Task<void> {
        asio::steady_timer pause(co_await asio::this_coro::executor);
        while (!proceed) {
            pause.expires_after(1ms);
            co_await pause.async_wait(asio::use_awaitable_t<Executor>{});
        }
        busy = true;
        while (!sent) std::this_thread::yield();
        co_await echo(request, responder);
    });
    // A second request begins while the first is handled; its end, and much more, comes unheard.
    auto client = door.client();
    client.send(get("/1"));
    std::this_thread::sleep_for(10ms);
    client.send(chunked_request.substr(0, 10));
    std::this_thread::sleep_for(10ms);
    proceed = true;
    EXPECT_TRUE(FrontDoor::eventually([&] { return busy.load(); }));
    client.send(chunked_request.substr(10));
    for (int i = 0; i < 300; ++i)
        client.send(get("/more", "Padding: " + std::string(100, 'x') + "\r\n"));
    sent = true;
    EXPECT_EQ(client.read_response().body, "GET /1||");
    EXPECT_EQ(client.read_response().body, "POST /p||hello world");
    for (int i = 0; i < 300; ++i) ASSERT_EQ(client.read_response().body, "GET /more||");
}

TEST(Session, requests_may_come_in_pieces_of_any_size)
{
    FrontDoor door;
    const auto requests = chunked_request + post("hello") + get("/end");
    for (const std::size_t size : {1u, 2u, 3u, 7u, 50u}) {
        auto client = door.client();
        std::jthread sender([&] { client.drip(requests, 100us, size); });
        EXPECT_EQ(client.read_response().body, "POST /p||hello world") << size;
        EXPECT_EQ(client.read_response().body, "POST /||hello") << size;
        EXPECT_EQ(client.read_response().body, "GET /end||") << size;
    }
}

TEST(Session, large_bodies_arrive_whole)
{
    FrontDoor door;
    std::string body;
    for (int i = 0; body.size() < 3'000'000; ++i) body += std::to_string(i);
    EXPECT_EQ(door.ask(post(body)).body, "POST /||" + body);

    std::string chunks;
    for (std::size_t at = 0; at < body.size(); at += 0x1234) {
        const auto piece = body.substr(at, 0x1234);
        std::array<char, 8> size{};
        chunks.append(size.data(), std::to_chars(size.begin(), size.end(), piece.size(), 16).ptr);
        chunks += "\r\n" + piece + "\r\n";
    }
    const auto request =
        "POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks + "0\r\n\r\n";
    EXPECT_EQ(door.ask(request).body, "POST /||" + body);
}

TEST(Session, connection_close_is_honoured)
{
    FrontDoor door;
    auto client = door.client();
    const auto response = client.send(get("/", "Connection: close\r\n")).read_response();
    EXPECT_EQ(response.header("connection"), "close");
    EXPECT_TRUE(client.closed_by_server());
}

TEST(Session, http_1_0_gets_one_answer_and_the_end)
{
    FrontDoor door;
    auto client = door.client();
    const auto response =
        client.send("GET /old HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").read_response();
    EXPECT_EQ(response.body, "GET /old||");
    EXPECT_EQ(response.header("connection"), "close");
    EXPECT_TRUE(client.closed_by_server());
}

TEST(Session, a_body_that_waits_for_100_continue_is_asked_for)
{
    FrontDoor door;
    auto client = door.client();
    client.send("POST / HTTP/1.1\r\nHost: t\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    EXPECT_EQ(client.read_head().status, 100);
    EXPECT_EQ(client.send("ok").read_response().body, "POST /||ok");
}

TEST(Session, a_body_that_is_there_or_absent_or_refused_is_not_asked_for)
{
    FrontDoor door;
    EXPECT_EQ(door.ask(post("ok", "Expect: 100-continue\r\n")).status, 200);
    EXPECT_EQ(door.ask(get("/", "Expect: 100-continue\r\n")).status, 200);
    const auto large =
        "POST / HTTP/1.1\r\nHost: t\r\nExpect: 100-continue\r\nContent-Length: 99999999\r\n\r\n";
    EXPECT_EQ(door.ask(large).status, 413);
}

TEST(Session, a_slow_head_is_refused_in_time)
{
    FrontDoor door(&echo, {.header_timeout = 100ms});
    auto client = door.client();
    const auto begin = Clock::now();
    client.send("GET / HT");
    const auto response = client.read_response();
    EXPECT_EQ(response.status, 408);
    EXPECT_EQ(response.header("connection"), "close");
    EXPECT_GE(since(begin), 100ms);
    EXPECT_LT(since(begin), 1s);
    EXPECT_THAT(door.refusals(), ElementsAre("slow_head"));
}

TEST(Session, a_head_that_keeps_dripping_is_refused_all_the_same)
{
    FrontDoor door(&echo, {.header_timeout = 100ms});
    auto client = door.client();
    std::jthread sender([&] { client.drip(get("/", "X: " + std::string(30, 'a')), 10ms); });
    EXPECT_EQ(client.read_response().status, 408);
}

TEST(Session, a_slow_body_is_refused)
{
    // The grace is half the header timeout; after it 5,000 bytes a second are asked for.
    FrontDoor door(&echo, {.header_timeout = 200ms, .min_body_rate = 5000});
    const auto slow = [&](std::string head) {
        auto client = door.client();
        const auto begin = Clock::now();
        std::jthread sender([&] { client.send(head).drip(std::string(80, 'a'), 5ms); });
        const auto response = client.read_response();
        EXPECT_EQ(response.status, 408);
        EXPECT_GE(since(begin), 100ms);
    };
    slow("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 1000\r\n\r\n");
    slow("POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\n");
    EXPECT_THAT(door.refusals(), ElementsAre("slow_body", "slow_body"));
}

TEST(Session, a_body_above_the_least_rate_may_take_longer_than_the_head)
{
    FrontDoor door(&echo, {.header_timeout = 100ms, .min_body_rate = 100});
    auto client = door.client();
    client.send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 60\r\n\r\n");
    client.drip(std::string(60, 'a'), 5ms);
    EXPECT_EQ(client.read_response().status, 200);
}

TEST(Session, an_idle_connection_is_closed_without_a_word)
{
    FrontDoor door(&echo, {.keep_alive_timeout = 80ms});
    auto fresh = door.client();
    auto used = door.client();
    EXPECT_EQ(used.send(get("/")).read_response().status, 200);
    const auto begin = Clock::now();
    EXPECT_TRUE(used.closed_by_server());
    EXPECT_GE(since(begin), 60ms);
    EXPECT_LT(since(begin), 1s);
    EXPECT_TRUE(fresh.closed_by_server());
    EXPECT_FALSE(fresh.was_reset() || used.was_reset());
    EXPECT_THAT(door.refusals(), ElementsAre());
}

TEST(Session, a_client_that_leaves_within_a_request_leaves_nothing_behind)
{
    int handled = 0;
    FrontDoor door([&](Request& request, Responder& responder) {
        ++handled;
        return echo(request, responder);
    });
    const auto request = post("hello") + chunked_request;
    for (std::size_t cut = 0; cut < request.size(); cut += 3) {
        auto client = door.client();
        client.send(request.substr(0, cut)).half_close();
        EXPECT_NO_THROW(client.read_rest());
        auto abrupt = door.client();
        abrupt.send(request.substr(0, cut)).reset();
    }
    EXPECT_TRUE(door.eventually([&] { return door.connections().open == 0; }));
}

TEST(Session, a_thousand_requests_on_one_connection_do_not_grow_memory)
{
    if (sanitized) GTEST_SKIP() << "freed memory stays resident under a sanitizer";
    FrontDoor door;
    auto client = door.client();
    const auto request = post(std::string(40'000, 'a'));
    const auto many = [&](int count) {
        for (int i = 0; i < count; ++i) ASSERT_EQ(client.send(request).read_response().status, 200);
    };
    many(100);
    const auto before = resident();
    many(1000);
    EXPECT_LT(resident() - before, 1024);
}

TEST(Session, resting_connections_hold_a_few_kib_each)
{
    if (sanitized) GTEST_SKIP() << "freed memory stays resident under a sanitizer";
    FrontDoor door([](Request&, Responder& responder) -> Task<void> {
        std::ignore = co_await responder.send(200, {}, "ok");
    });
    const auto request = post(std::string(40'000, 'a'), "X: " + std::string(12'000, 'x') + "\r\n");
    std::vector<RawClient> clients;
    const auto open = [&](int count) {
        for (int i = 0; i < count; ++i) {
            clients.push_back(door.client());
            ASSERT_EQ(clients.back().send(request).read_response().status, 200);
        }
    };
    open(50);
    const auto before = resident();
    open(400);
    EXPECT_LT(resident() - before, 400 * 8);
}

}  // namespace
}  // namespace sluice::test
