#include "upstream/pool.hpp"

#include "unit/upstream/client.hpp"
#include "unit/upstream/scripted_server.hpp"

#include <gtest/gtest.h>

#include <future>

namespace sluice::test {
namespace {

constexpr std::string_view ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

void answer_all(Peer& peer)
{
    while (!peer.read_request().empty()) peer.send(ok);
}

Endpoint with_key(Endpoint endpoint, std::string key, bool own)
{
    endpoint.api_key = std::move(key);
    endpoint.own_key = own;
    return endpoint;
}

TEST(Pool, callers_own_key_shares_no_connection)
{
    ScriptedServer server(&answer_all, &answer_all, &answer_all);
    {
        Client client;
        const auto endpoint = endpoint_at(server.port());
        const auto reused = [&](const Endpoint& to) {
            return client.run(fetch(client, to, post()))->reused;
        };
        EXPECT_FALSE(reused(with_key(endpoint, "gateway", false)));
        EXPECT_FALSE(reused(with_key(endpoint, "alice", true)));
        EXPECT_FALSE(reused(with_key(endpoint, "bob", true)));
        EXPECT_TRUE(reused(with_key(endpoint, "alice", true)));
        EXPECT_TRUE(reused(with_key(endpoint, "bob", true)));
        EXPECT_TRUE(reused(with_key(endpoint, "another of the gateway's", false)));
    }
    EXPECT_EQ(server.connections(), 3u);
}

TEST(Pool, origins_share_no_connection)
{
    ScriptedServer one(&answer_all), other(&answer_all, &answer_all);
    Client client;
    const auto reused = [&](const Endpoint& to) {
        return client.run(fetch(client, to, post()))->reused;
    };
    EXPECT_FALSE(reused(endpoint_at(one.port())));
    EXPECT_FALSE(reused(endpoint_at(other.port())));
    EXPECT_FALSE(reused(endpoint_at(other.port(), "other.test")));
    EXPECT_TRUE(reused(endpoint_at(one.port())));
}

TEST(Pool, latest_connection_is_reused_first)
{
    std::atomic<int> second_served = 0;
    ScriptedServer server(&answer_all, [&](Peer& peer) {
        while (!peer.read_request().empty()) {
            ++second_served;
            peer.send(ok);
        }
    });
    Client client;
    const auto endpoint = endpoint_at(server.port());
    auto first = client.run(start(client, endpoint));
    auto second = client.run(start(client, endpoint));
    EXPECT_EQ(client.pool.in_use(), 2u);
    first.reset();
    second.reset();
    EXPECT_EQ(client.pool.in_use(), 0u);
    EXPECT_EQ(client.pool.idle(), 2u);
    ASSERT_TRUE(client.run(fetch(client, endpoint, post())));
    EXPECT_EQ(second_served, 2);
}

TEST(Pool, keeps_no_more_idle_connections_than_configured)
{
    ScriptedServer server(&answer_all, &answer_all);
    Client client;
    client.pool.configure({.max_idle = 1});
    const auto endpoint = endpoint_at(server.port());
    auto first = client.run(start(client, endpoint));
    auto second = client.run(start(client, endpoint));
    first.reset();
    second.reset();
    EXPECT_EQ(client.pool.idle(), 1u);
}

TEST(Pool, idle_connection_is_closed_after_its_time)
{
    std::promise<bool> closed;
    ScriptedServer server([&](Peer& peer) {
        peer.read_request();
        peer.send(ok);
        closed.set_value(peer.sees_close());
    });
    Client client;
    client.pool.configure({.idle_timeout = 30ms});
    ASSERT_TRUE(client.run(fetch(client, endpoint_at(server.port()), post())));
    EXPECT_EQ(client.pool.idle(), 1u);
    client.run_until([&] { return client.pool.idle() == 0; });
    EXPECT_TRUE(closed.get_future().get());
}

TEST(Pool, shorter_idle_time_holds_for_what_is_already_idle)
{
    ScriptedServer server(&answer_all);
    Client client;
    ASSERT_TRUE(client.run(fetch(client, endpoint_at(server.port()), post())));
    client.pool.configure({.idle_timeout = 0ms});
    EXPECT_EQ(client.pool.idle(), 0u);
}

TEST(Pool, idle_connection_that_says_something_is_not_reused)
{
    std::promise<void> idle, said;
    ScriptedServer server(
        [&](Peer& peer) {
            peer.read_request();
            peer.send(ok);
            idle.get_future().wait();
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged");
            said.set_value();
            peer.sees_close();
        },
        &answer_all
    );
    Client client;
    ASSERT_TRUE(client.run(fetch(client, endpoint_at(server.port()), post())));
    EXPECT_EQ(client.pool.idle(), 1u);
    idle.set_value();
    said.get_future().wait();
    const auto second = client.run(fetch(client, endpoint_at(server.port()), post()));
    ASSERT_TRUE(second);
    EXPECT_EQ(second->body, "ok");
    EXPECT_FALSE(second->reused);
}

TEST(Pool, close_idle_closes_them)
{
    std::promise<bool> closed;
    ScriptedServer server([&](Peer& peer) {
        peer.read_request();
        peer.send(ok);
        closed.set_value(peer.sees_close());
    });
    Client client;
    ASSERT_TRUE(client.run(fetch(client, endpoint_at(server.port()), post())));
    client.pool.close_idle();
    EXPECT_EQ(client.pool.idle(), 0u);
    EXPECT_TRUE(closed.get_future().get());
}

TEST(Connecting, dead_server_is_a_connect_timeout)
{
    DeadServer dead;
    Client client;
    const auto fetched = client.run(
        fetch(client, endpoint_at(dead.port()), post(), {.connect = in(50ms), .response = in(10s)})
    );
    EXPECT_EQ(kind_of(fetched), ErrorKind::connect_timeout);
}

TEST(Connecting, name_server_that_never_answers_is_a_connect_timeout)
{
    std::promise<void> over;
    Client client([answer = over.get_future().share()](const std::string&) {
        answer.wait();
        return Result<Resolver::Addresses>(fail(ErrorKind::unreachable, "the test is over"));
    });
    const auto fetched = client.run(fetch(
        client, endpoint_at(1, "slow.test"), post(), {.connect = in(30ms), .response = in(10s)}
    ));
    EXPECT_EQ(kind_of(fetched), ErrorKind::connect_timeout);
    over.set_value();
}

Result<Resolver::Addresses> two_addresses(const std::string&)
{
    return Resolver::Addresses{
        asio::ip::make_address("127.0.0.2"), asio::ip::make_address("127.0.0.1")
    };
}

TEST(Connecting, address_that_refuses_is_followed_by_the_next)
{
    ScriptedServer server(&answer_all);  // on 127.0.0.1 alone
    Client client(&two_addresses);
    EXPECT_TRUE(client.run(fetch(client, endpoint_at(server.port(), "two.test"), post())));
}

TEST(Connecting, dead_address_leaves_the_next_its_time)
{
    ScriptedServer server(&answer_all);
    DeadServer dead("127.0.0.2", server.port());
    Client client(&two_addresses);
    const auto fetched = client.run(fetch(
        client,
        endpoint_at(server.port(), "two.test"),
        post(),
        {.connect = in(400ms), .response = in(10s)}
    ));
    EXPECT_TRUE(fetched) << fetched.error().message;
}

}  // namespace
}  // namespace sluice::test
