#include "upstream/tls.hpp"

#include "unit/upstream/certificates.hpp"
#include "unit/upstream/client.hpp"
#include "unit/upstream/scripted_server.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <future>

namespace sluice::test {
namespace {

constexpr std::string_view ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/// Answers every request on one connection.
auto answering(SSL_CTX* context, std::function<void(Peer&)> after_handshake = [](Peer&) {})
{
    return [=](Peer& peer) {
        if (!peer.accept_tls(context)) return;
        after_handshake(peer);
        while (!peer.read_request().empty()) peer.send(ok);
    };
}

Result<Fetched> fetch_from(Client& client, const ScriptedServer& server, const std::string& host)
{
    return client.run(fetch(client, endpoint_at(server.port(), host, true), post()));
}

TEST(Tls, exchange_works_and_asks_for_the_name)
{
    const auto context = authority().server("DNS:api.test");
    std::promise<std::string> name;
    ScriptedServer server(answering(context.get(), [&](Peer& peer) {
        name.set_value(peer.requested_name());
    }));
    Client client;
    for (const bool reused : {false, true}) {
        const auto fetched = fetch_from(client, server, "api.test");
        ASSERT_TRUE(fetched) << fetched.error().message;
        EXPECT_EQ(fetched->body, "ok");
        EXPECT_EQ(fetched->reused, reused);
    }
    EXPECT_EQ(name.get_future().get(), "api.test");
}

TEST(Tls, long_bodies_pass_both_ways)
{
    const auto context = authority().server("DNS:api.test");
    const std::string body(1'000'000, 'x');
    ScriptedServer server([&](Peer& peer) {
        ASSERT_TRUE(peer.accept_tls(context.get()));
        const auto request = peer.read_request();
        peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
        peer.send(std::string_view(request).substr(request.size() - 1'000'000));
    });
    Client client;
    const auto fetched =
        client.run(fetch(client, endpoint_at(server.port(), "api.test", true), post(body)));
    ASSERT_TRUE(fetched) << fetched.error().message;
    EXPECT_TRUE(fetched->body == body);
    EXPECT_EQ(client.pool.idle(), 1u);
}

TEST(Tls, reading_goes_on_after_a_silence)
{
    const auto context = authority().server("DNS:api.test");
    std::promise<void> silence_over;
    ScriptedServer server([&](Peer& peer) {
        ASSERT_TRUE(peer.accept_tls(context.get()));
        peer.read_request();
        peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
        silence_over.get_future().wait();
        peer.send("world");
    });
    Client client;
    auto exchange = client.run(start(client, endpoint_at(server.port(), "api.test", true)));
    ASSERT_TRUE(exchange);
    EXPECT_EQ(client.run(exchange->read(in(10s))), "hello");
    EXPECT_EQ(kind_of(client.run(exchange->read(in(30ms)))), ErrorKind::idle_timeout);
    silence_over.set_value();
    EXPECT_EQ(client.run(exchange->read(in(10s))), "world");
}

struct Name {
    std::string certificate;
    std::string host;
    std::string refusal;  ///< empty: accepted
};

TEST(Tls, certificate_has_to_name_the_host)
{
    const std::vector<Name> names{
        {"DNS:api.test", "api.test", ""},
        {"DNS:*.example.test", "api.example.test", ""},
        {"IP:127.0.0.1", "127.0.0.1", ""},
        {"DNS:other.test", "api.test", "hostname mismatch"},
        {"DNS:api.*", "api.test", "hostname mismatch"},
        {"DNS:api.test", "127.0.0.1", "IP address mismatch"},
    };
    for (const auto& [certificate, host, refusal] : names) {
        const auto context = authority().server(certificate);
        ScriptedServer server(answering(context.get()));
        Client client;
        const auto fetched = fetch_from(client, server, host);
        if (refusal.empty()) {
            EXPECT_TRUE(fetched) << fetched.error().message;
            continue;
        }
        ASSERT_EQ(kind_of(fetched), ErrorKind::unreachable) << certificate << " for " << host;
        EXPECT_TRUE(fetched.error().message.ends_with("TLS failed: certificate refused: " + refusal)
        ) << fetched.error().message;
    }
}

TEST(Tls, unknown_authority_is_refused)
{
    const auto context = authority().server("DNS:api.test");
    ScriptedServer server(answering(context.get()));
    const TestAuthority other;
    Client client(&Client::to_loopback, other.file());
    const auto fetched = fetch_from(client, server, "api.test");
    ASSERT_EQ(kind_of(fetched), ErrorKind::unreachable);
    EXPECT_TRUE(fetched.error().message.contains("certificate refused")) << fetched.error().message;
}

TEST(Tls, version_before_1_2_is_refused)
{
    const auto context = authority().server("DNS:api.test");
    SSL_CTX_set_security_level(context.get(), 0);
    SSL_CTX_set_max_proto_version(context.get(), TLS1_1_VERSION);
    ScriptedServer server(answering(context.get()));
    Client client;
    EXPECT_EQ(kind_of(fetch_from(client, server, "api.test")), ErrorKind::unreachable);
}

TEST(Tls, only_http_1_1_is_offered)
{
    const auto context = authority().server("DNS:api.test");
    std::string offered;
    SSL_CTX_set_alpn_select_cb(
        context.get(),
        [](SSL*,
           const unsigned char** out,
           unsigned char* size,
           const unsigned char* in,
           unsigned int length,
           void* to) {
            static_cast<std::string*>(to)->assign(in, in + length);
            *out = in + 1;
            *size = in[0];
            return SSL_TLSEXT_ERR_OK;
        },
        &offered
    );
    ScriptedServer server(answering(context.get()));
    Client client;
    ASSERT_TRUE(fetch_from(client, server, "api.test"));
    EXPECT_EQ(offered, "\x08http/1.1");
}

class Resumption : public testing::TestWithParam<int> {};

TEST_P(Resumption, later_connections_resume_the_session)
{
    const auto context = authority().server("DNS:api.test");
    SSL_CTX_set_max_proto_version(context.get(), GetParam());
    std::atomic<int> resumed = 0;
    const auto script = answering(context.get(), [&](Peer& peer) { resumed += peer.resumed(); });
    {
        ScriptedServer server(script, script, script, script);
        Client client;
        for (int i = 0; i < 4; ++i) {
            const auto fetched = fetch_from(client, server, "api.test");
            ASSERT_TRUE(fetched) << fetched.error().message;
            client.pool.close_idle();
        }
    }
    EXPECT_EQ(resumed, 3);
}

/// Several exchanges, one after the other, each over a connection of its own.
Task<Result<Fetched>> fetch_often(Client& client, Endpoint endpoint, int count)
{
    Result<Fetched> fetched;
    while (count-- > 0) fetched = co_await fetch(client, endpoint, post());
    co_return fetched;
}

TEST_P(Resumption, connections_at_the_same_time_do_not_spend_each_others_ticket)
{
    constexpr int together = 4;
    constexpr int each = 50;
    const auto context = authority().server("DNS:api.test");
    SSL_CTX_set_max_proto_version(context.get(), GetParam());
    std::atomic<int> resumed = 0;
    {
        ScriptedServer server(1 + together * each, [&](Peer& peer) {
            if (!peer.accept_tls(context.get())) return;
            resumed += peer.resumed();
            peer.read_request();
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
        });
        Client client;
        const auto endpoint = endpoint_at(server.port(), "api.test", true);
        ASSERT_TRUE(client.run(fetch(client, endpoint, post())));
        std::array<Running<Result<Fetched>>, together> running;
        for (auto& one : running) client.spawn(fetch_often(client, endpoint, each), one);
        client.run_until([&] {
            return std::ranges::all_of(running, [](auto& one) { return one.result.has_value(); });
        });
    }
    EXPECT_EQ(resumed, together * each);
}

TEST_P(Resumption, ticket_of_another_origin_is_not_used)
{
    const auto context = authority().server("DNS:a.test,DNS:b.test");
    SSL_CTX_set_max_proto_version(context.get(), GetParam());
    std::atomic<int> resumed = 0;
    const auto script = answering(context.get(), [&](Peer& peer) { resumed += peer.resumed(); });
    {
        ScriptedServer server(script, script);
        Client client;
        ASSERT_TRUE(fetch_from(client, server, "a.test"));
        ASSERT_TRUE(fetch_from(client, server, "b.test"));
    }
    EXPECT_EQ(resumed, 0);
}

INSTANTIATE_TEST_SUITE_P(
    versions,
    Resumption,
    testing::Values(TLS1_2_VERSION, TLS1_3_VERSION),
    [](const auto& info) { return info.param == TLS1_2_VERSION ? "tls_1_2" : "tls_1_3"; }
);

TEST(Tls, body_until_close_needs_a_proper_end)
{
    const auto context = authority().server("DNS:api.test");
    ScriptedServer server([&](Peer& peer) {
        ASSERT_TRUE(peer.accept_tls(context.get()));
        peer.read_request();
        peer.send("HTTP/1.1 200 OK\r\n\r\nhalf");
        peer.close();  // without close_notify: anybody on the way could have done that
    });
    Client client;
    EXPECT_EQ(kind_of(fetch_from(client, server, "api.test")), ErrorKind::bad_response);
}

TEST(Tls, server_that_does_not_shake_hands_is_a_connect_timeout)
{
    ScriptedServer server([](Peer& peer) { EXPECT_TRUE(peer.sees_close()); });
    Client client;
    const auto fetched = client.run(fetch(
        client,
        endpoint_at(server.port(), "api.test", true),
        post(),
        {.connect = in(50ms), .response = in(10s)}
    ));
    EXPECT_EQ(kind_of(fetched), ErrorKind::connect_timeout);
}

TEST(Tls, authority_file_that_is_none_is_refused_at_the_start)
{
    EXPECT_THROW(TlsClient("/nonexistent/ca.pem"), std::exception);
}

}  // namespace
}  // namespace sluice::test
