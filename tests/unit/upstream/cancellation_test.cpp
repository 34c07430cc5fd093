#include "unit/upstream/client.hpp"
#include "unit/upstream/scripted_server.hpp"
#include "upstream/exchange.hpp"

#include <gtest/gtest.h>

#include <future>

namespace sluice::test {
namespace {

/// The promise that the contract makes for a client that left.
constexpr auto promptly = 100ms;

struct Phase {
    std::string name;
    bool tls = false;
    std::size_t request_size = 2;
    std::function<void(Peer&)>
        reach;  ///< brings the exchange into the phase, from the server's side
};

void PrintTo(const Phase& phase, std::ostream* out)
{
    *out << phase.name;
}

class Cancelled : public testing::TestWithParam<Phase> {};

TEST_P(Cancelled, closes_the_connection_to_the_provider)
{
    std::promise<TimePoint> closed;
    Client client;
    TimePoint cancelled_at;
    ScriptedServer server([&](Peer& peer) {
        GetParam().reach(peer);
        cancelled_at = Clock::now();
        client.cancel();
        EXPECT_TRUE(peer.sees_close());
        closed.set_value(Clock::now());
    });
    const auto fetched = client.run(fetch(
        client,
        endpoint_at(server.port(), "api.test", GetParam().tls),
        post(std::string(GetParam().request_size, 'x'))
    ));
    EXPECT_EQ(kind_of(fetched), ErrorKind::cancelled);
    EXPECT_LT(closed.get_future().get() - cancelled_at, promptly);
    EXPECT_EQ(client.pool.in_use(), 0u);
    EXPECT_EQ(client.pool.idle(), 0u);
    EXPECT_EQ(server.connections(), 1u);
}

void await_first_bytes(Peer& peer)
{
    peer.skip(1);
}

INSTANTIATE_TEST_SUITE_P(
    in,
    Cancelled,
    testing::Values(
        Phase{"tls_handshake", true, 2, &await_first_bytes},
        Phase{"sending", false, 32 << 20, &await_first_bytes},
        Phase{"awaiting_the_head", false, 2, [](Peer& peer) { peer.read_request(); }},
        Phase{
            "the_head",
            false,
            2,
            [](Peer& peer) {
                peer.read_request();
                peer.send("HTTP/1.1 200 OK\r\nCont");
            }
        },
        Phase{
            "the_body",
            false,
            2,
            [](Peer& peer) {
                peer.read_request();
                peer.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhell");
            }
        }
    ),
    [](const auto& info) { return info.param.name; }
);

/// Starts an exchange, lets it get as far as it can by itself, cancels it.
std::optional<ErrorKind> cancelled_at_once(Client& client, const Endpoint& endpoint)
{
    Running<Result<Fetched>> running;
    client.spawn(fetch(client, endpoint, post()), running);
    client.turn();
    EXPECT_FALSE(running.result);
    client.cancel();
    client.turn();
    return running.result ? kind_of(*running.result) : std::nullopt;
}

TEST(CancelledTask, leaves_a_hanging_lookup)
{
    std::promise<void> over;
    Client client([answer = over.get_future().share()](const std::string&) {
        answer.wait();
        return Result<Resolver::Addresses>(fail(ErrorKind::unreachable, "the test is over"));
    });
    EXPECT_EQ(cancelled_at_once(client, endpoint_at(1, "slow.test")), ErrorKind::cancelled);
    over.set_value();
}

TEST(CancelledTask, leaves_a_server_that_does_not_accept)
{
    DeadServer dead;
    Client client;
    EXPECT_EQ(cancelled_at_once(client, endpoint_at(dead.port())), ErrorKind::cancelled);
}

/// Cancels after each number of handlers until the exchange waits for a server that never answers:
/// none of the gaps between two operations may swallow the cancellation.
void expect_cancelled_at_every_step(bool tls, std::size_t request_size)
{
    const auto request = post(std::string(request_size, 'x'));
    bool waiting = false;
    for (int steps = 1; !waiting; ++steps) {
        Listener listener;
        Client client;
        Running<Result<Fetched>> running;
        // Within a handler, because from elsewhere the signal would have to queue behind others.
        asio::post(client.context, [&] {
            for (int i = 0; i < steps && !waiting; ++i) waiting = client.context.poll_one() == 0;
            running.signal.emit(asio::cancellation_type::terminal);
        });
        client.spawn(
            fetch(client, endpoint_at(listener.port(), "127.0.0.1", tls), request), running
        );
        client.turn();
        ASSERT_TRUE(running.result) << "lost after " << steps << " steps";
        EXPECT_EQ(kind_of(*running.result), ErrorKind::cancelled) << "after " << steps << " steps";
        EXPECT_EQ(client.pool.in_use(), 0u);
    }
}

TEST(CancelledTask, ends_at_every_step_of_a_request)
{
    expect_cancelled_at_every_step(false, 2);
}

TEST(CancelledTask, ends_at_every_step_of_a_long_request)
{
    expect_cancelled_at_every_step(false, 32 << 20);
}

TEST(CancelledTask, ends_at_every_step_of_a_tls_handshake)
{
    expect_cancelled_at_every_step(true, 2);
}

/// Goes on after its first exchange was cancelled, as a careless caller might.
Task<std::optional<ErrorKind>> fetch_twice(Client& client, Endpoint endpoint)
{
    (void)co_await fetch(client, endpoint, post());
    co_return kind_of(co_await fetch(client, endpoint, post()));
}

TEST(CancelledTask, starts_nothing_further)
{
    std::promise<bool> closed;
    Client client;
    ScriptedServer server([&](Peer& peer) {
        peer.read_request();
        client.cancel();
        closed.set_value(peer.sees_close());
    });
    EXPECT_EQ(client.run(fetch_twice(client, endpoint_at(server.port()))), ErrorKind::cancelled);
    EXPECT_TRUE(closed.get_future().get());
    EXPECT_EQ(server.connections(), 1u);
}

/// The caller leaves between two exchanges, while nothing that could be cancelled is awaited.
Task<std::optional<ErrorKind>> fetch_after_leaving(Client& client, Endpoint endpoint)
{
    (void)co_await fetch(client, endpoint, post());
    client.cancel();
    co_await asio::post(asio::use_awaitable_t<Executor>());
    co_return kind_of(co_await fetch(client, endpoint, post()));
}

TEST(CancelledTask, sends_nothing_over_an_idle_connection)
{
    std::promise<std::string> second;
    Client client;
    ScriptedServer server([&](Peer& peer) {
        peer.read_request();
        peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        second.set_value(peer.read_head());
    });
    EXPECT_EQ(
        client.run(fetch_after_leaving(client, endpoint_at(server.port()))), ErrorKind::cancelled
    );
    client.pool.close_idle();
    EXPECT_EQ(second.get_future().get(), "");
}

Task<Result<Fetched>> fetch_in_a_session(Client& client, Endpoint endpoint)
{
    co_await asio::this_coro::reset_cancellation_state(
        asio::enable_total_cancellation(), asio::enable_terminal_cancellation()
    );
    co_return co_await fetch(client, endpoint, post());
}

TEST(Drain, lets_an_exchange_go_on_to_its_end)
{
    Listener listener;
    Client client;
    Running<Result<Fetched>> running;
    client.spawn(fetch_in_a_session(client, endpoint_at(listener.port())), running);
    client.turn();
    Peer peer(listener.accept());
    client.run_until([&] { return peer.readable(); });
    peer.read_request();
    running.signal.emit(asio::cancellation_type::total);
    for (const auto* piece : {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n", "hello", "world"}) {
        client.turn();
        peer.send(piece);
    }
    client.run_until([&] { return running.result.has_value(); });
    ASSERT_TRUE(*running.result) << running.result->error().message;
    EXPECT_EQ((*running.result)->body, "helloworld");
}

}  // namespace
}  // namespace sluice::test
