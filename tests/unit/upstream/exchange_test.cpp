#include "upstream/exchange.hpp"

#include "unit/upstream/client.hpp"
#include "unit/upstream/scripted_server.hpp"

#include <gtest/gtest.h>

#include <future>

namespace sluice::test {
namespace {

constexpr std::string_view ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

TEST(Exchange, an_end_that_comes_in_two_pieces_is_an_end)
{
    ScriptedServer server([](Peer& peer) {
        peer.read_request();
        peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n");
        std::this_thread::sleep_for(30ms);  // lest the kernel joins them
        peer.send("\r\n");
    });
    Client client;
    const auto fetched = client.run(fetch(client, endpoint_at(server.port()), post()));
    ASSERT_TRUE(fetched) << fetched.error().message;
    EXPECT_EQ(fetched->body, "");
}

TEST(Exchange, request_reaches_the_server_as_written)
{
    std::promise<std::string> seen;
    ScriptedServer server([&](Peer& peer) {
        seen.set_value(peer.read_request());
        peer.send(ok);
    });
    Client client;
    auto request = post(R"({"model":"m"})");
    request.headers = {{"Authorization", "Bearer sk-1"}};
    const auto fetched = client.run(fetch(client, endpoint_at(server.port()), request));
    ASSERT_TRUE(fetched) << fetched.error().message;
    EXPECT_EQ(fetched->body, "ok");
    EXPECT_EQ(
        seen.get_future().get(),
        concat(
            "POST /v1/chat HTTP/1.1\r\nHost: 127.0.0.1:",
            std::to_string(server.port()),
            "\r\nAuthorization: Bearer sk-1\r\nContent-Length: 13\r\n\r\n",
            R"({"model":"m"})"
        )
    );
}

struct Response {
    std::string name;
    std::string bytes;
    int status = 200;
    std::string body;
    bool kept = true;  ///< the connection may carry another exchange
    std::string method = "POST";
};

void PrintTo(const Response& response, std::ostream* out)
{
    *out << response.name;
}

class Responses : public testing::TestWithParam<Response> {
protected:
    static HttpRequest request()
    {
        auto request = post("");
        request.method = GetParam().method;
        return request;
    }
    static void check(const Result<Fetched>& fetched)
    {
        ASSERT_TRUE(fetched) << fetched.error().message;
        EXPECT_EQ(fetched->status, GetParam().status);
        EXPECT_EQ(fetched->body, GetParam().body);
    }
};

TEST_P(Responses, are_read_to_their_end)
{
    ScriptedServer server([](Peer& peer) {
        peer.read_request();
        peer.send(GetParam().bytes);
        if (GetParam().kept) EXPECT_TRUE(peer.sees_close());
    });
    {
        Client client;
        check(client.run(fetch(client, endpoint_at(server.port()), request())));
        EXPECT_EQ(client.pool.idle(), GetParam().kept ? 1u : 0u);
        EXPECT_EQ(client.pool.in_use(), 0u);
    }
}

TEST_P(Responses, may_be_split_at_every_byte)
{
    Listener listener;
    Client client;
    std::optional<Peer> peer;
    const auto& bytes = GetParam().bytes;
    for (std::size_t split = 1; split < bytes.size(); ++split) {
        Running<Result<Fetched>> running;
        client.spawn(fetch(client, endpoint_at(listener.port()), request()), running);
        client.turn();
        if (!peer) peer.emplace(listener.accept());
        client.run_until([&] { return peer->readable(); });
        peer->read_request();
        peer->send(bytes.substr(0, split));
        client.turn();
        peer->send(bytes.substr(split));
        if (!GetParam().kept) peer.reset();
        client.run_until([&] { return running.result.has_value(); });
        check(*running.result);
    }
}

INSTANTIATE_TEST_SUITE_P(
    framing,
    Responses,
    testing::Values(
        Response{"length", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200, "hello"},
        Response{"empty", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 200, ""},
        Response{
            "chunked",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: "
            "chunked\r\n\r\n2\r\nhe\r\n3;x=1\r\nllo\r\n0\r\n\r\n",
            200,
            "hello"
        },
        Response{
            "trailer",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: "
            "1\r\n\r\n",
            200,
            "hello"
        },
        Response{"until_close", "HTTP/1.1 200 OK\r\n\r\nhello", 200, "hello", false},
        Response{"http_1_0", "HTTP/1.0 200 OK\r\n\r\nhello", 200, "hello", false},
        Response{
            "close",
            "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello",
            200,
            "hello",
            false
        },
        Response{
            "interim",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
            200,
            "hello"
        },
        Response{"no_content", "HTTP/1.1 204 No Content\r\n\r\n", 204, ""},
        Response{"not_modified", "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", 304, ""},
        Response{"head", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", 200, "", true, "HEAD"},
        Response{
            "interim_before_head",
            "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n",
            200,
            "",
            true,
            "HEAD"
        },
        Response{"failure", "HTTP/1.1 503 Busy\r\nContent-Length: 5\r\n\r\nhello", 503, "hello"}
    ),
    [](const auto& info) { return info.param.name; }
);

TEST(Exchange, headers_are_the_last_heads_alone)
{
    ScriptedServer server([](Peer& peer) {
        peer.read_request();
        peer.send(
            "HTTP/1.1 103 Early Hints\r\nA: 1\r\nB: 2\r\nC: 3\r\n\r\n"
            "HTTP/1.1 200 OK\r\nX-Request-Id: r1\r\nTransfer-Encoding: chunked\r\n\r\n"
            "2\r\nok\r\n0\r\nX-Trailer: 1\r\n\r\n"
        );
    });
    Client client;
    const auto fetched = client.run(fetch(client, endpoint_at(server.port()), post()));
    ASSERT_TRUE(fetched);
    EXPECT_EQ(fetched->headers.size(), 2u);
    EXPECT_EQ(find_header(fetched->headers, "x-request-id"), "r1");
}

TEST(Exchange, large_bodies_arrive_whole)
{
    std::string body(3'000'000, '\0');
    for (std::size_t i = 0; i < body.size(); ++i) body[i] = static_cast<char>('a' + i % 26);
    ScriptedServer server([&](Peer& peer) {
        const auto request = peer.read_request();
        peer.send(concat("HTTP/1.1 200 OK\r\nContent-Length: 3000000\r\n\r\n"));
        peer.send(request.substr(request.size() - 3'000'000));
    });
    Client client;
    const auto fetched = client.run(fetch(client, endpoint_at(server.port()), post(body)));
    ASSERT_TRUE(fetched) << fetched.error().message;
    EXPECT_TRUE(fetched->body == body);
    EXPECT_EQ(client.pool.idle(), 1u);
}

TEST(Exchange, what_is_lent_stands_in_its_place_in_the_body)
{
    const std::string long_text(3'000'000, 'x');
    for (const auto size : {std::size_t{1}, long_text.size()}) {
        auto request = post("<>");
        request.lent = std::string_view(long_text).substr(0, size);
        request.lent_after = 1;
        const auto body = concat("<", request.lent, ">");
        ScriptedServer server([&](Peer& peer) {
            const auto received = peer.read_request();
            EXPECT_TRUE(received.ends_with(concat("\r\n\r\n", body)));
            peer.send(ok);
        });
        Client client;
        EXPECT_TRUE(client.run(fetch(client, endpoint_at(server.port()), request)));
    }
}

TEST(Exchange, keep_alive_connection_is_reused)
{
    ScriptedServer server([](Peer& peer) {
        while (!peer.read_request().empty()) peer.send(ok);
    });
    {
        Client client;
        EXPECT_FALSE(client.run(fetch(client, endpoint_at(server.port()), post()))->reused);
        EXPECT_TRUE(client.run(fetch(client, endpoint_at(server.port()), post()))->reused);
        EXPECT_TRUE(client.run(fetch(client, endpoint_at(server.port()), post()))->reused);
    }
    EXPECT_EQ(server.connections(), 1u);
}

TEST(Exchange, connection_that_was_closed_while_idle_is_not_used)
{
    std::promise<void> closed;
    ScriptedServer server(
        [&](Peer& peer) {
            peer.read_request();
            peer.send(ok);
            peer.close();
            closed.set_value();
        },
        [](Peer& peer) {
            peer.read_request();
            peer.send(ok);
        }
    );
    Client client;
    ASSERT_TRUE(client.run(fetch(client, endpoint_at(server.port()), post())));
    closed.get_future().wait();
    const auto second = client.run(fetch(client, endpoint_at(server.port()), post()));
    ASSERT_TRUE(second) << second.error().message;
    EXPECT_FALSE(second->reused);
}

class Stale : public testing::TestWithParam<void (Peer::*)()> {};

TEST_P(Stale, reused_connection_is_replaced_once)
{
    ScriptedServer server(
        [](Peer& peer) {
            peer.read_request();
            peer.send(ok);
            peer.read_request();
            (peer.*GetParam())();
        },
        [](Peer& peer) {
            EXPECT_TRUE(peer.read_request().ends_with("\r\n\r\nagain"));
            peer.send(ok);
        }
    );
    Client client;
    ASSERT_TRUE(client.run(fetch(client, endpoint_at(server.port()), post())));
    const auto second = client.run(fetch(client, endpoint_at(server.port()), post("again")));
    ASSERT_TRUE(second) << second.error().message;
    EXPECT_FALSE(second->reused);
    EXPECT_EQ(server.connections(), 2u);
}

TEST_P(Stale, replacement_that_dies_too_is_unreachable)
{
    ScriptedServer server(
        [](Peer& peer) {
            peer.read_request();
            peer.send(ok);
            peer.read_request();
            (peer.*GetParam())();
        },
        [](Peer& peer) {
            peer.read_request();
            (peer.*GetParam())();
        }
    );
    Client client;
    ASSERT_TRUE(client.run(fetch(client, endpoint_at(server.port()), post())));
    EXPECT_EQ(
        kind_of(client.run(fetch(client, endpoint_at(server.port()), post()))),
        ErrorKind::unreachable
    );
    EXPECT_EQ(server.connections(), 2u);
}

INSTANTIATE_TEST_SUITE_P(
    by,
    Stale,
    testing::Values(&Peer::close, &Peer::reset),
    [](const auto& info) { return info.param == &Peer::close ? "close" : "reset"; }
);

TEST(Exchange, head_cut_short_is_a_bad_response_and_not_sent_again)
{
    ScriptedServer server([](Peer& peer) {
        peer.read_request();
        peer.send(ok);
        peer.read_request();
        peer.send("HTTP/1.1 200 OK\r\nCont");
        peer.close();
    });
    Client client;
    ASSERT_TRUE(client.run(fetch(client, endpoint_at(server.port()), post())));
    EXPECT_EQ(
        kind_of(client.run(fetch(client, endpoint_at(server.port()), post()))),
        ErrorKind::bad_response
    );
    EXPECT_EQ(server.connections(), 1u);
}

TEST(Exchange, fresh_connection_that_dies_is_unreachable_and_not_replaced)
{
    ScriptedServer server([](Peer& peer) {
        peer.read_request();
        peer.reset();
    });
    Client client;
    EXPECT_EQ(
        kind_of(client.run(fetch(client, endpoint_at(server.port()), post()))),
        ErrorKind::unreachable
    );
    EXPECT_EQ(server.connections(), 1u);
}

TEST(Exchange, refused_connection_is_unreachable)
{
    const auto port = Listener().port();  // nobody listens there any more
    Client client;
    const auto fetched = client.run(fetch(client, endpoint_at(port), post()));
    ASSERT_EQ(kind_of(fetched), ErrorKind::unreachable);
    // Callers read this: the address is the operator's business.
    EXPECT_EQ(fetched.error().message, "the provider: connecting: Connection refused");
}

TEST(Exchange, silent_server_is_a_response_timeout)
{
    std::promise<bool> closed;
    ScriptedServer server([&](Peer& peer) { closed.set_value(peer.sees_close()); });
    Client client;
    const auto fetched = client.run(fetch(
        client, endpoint_at(server.port()), post(), {.connect = in(10s), .response = in(50ms)}
    ));
    EXPECT_EQ(kind_of(fetched), ErrorKind::response_timeout);
    EXPECT_TRUE(closed.get_future().get());
}

TEST(Exchange, server_that_does_not_take_a_long_request_is_a_response_timeout)
{
    std::promise<void> over;
    ScriptedServer server([&](Peer&) { over.get_future().wait(); });
    Client client;
    const auto fetched = client.run(fetch(
        client,
        endpoint_at(server.port()),
        post(std::string(32 << 20, 'x')),
        {.connect = in(10s), .response = in(50ms)}
    ));
    EXPECT_EQ(kind_of(fetched), ErrorKind::response_timeout);
    over.set_value();
}

constexpr std::string_view too_large = "HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig";

TEST(Exchange, early_refusal_of_a_long_request_is_read_although_the_server_resets)
{
    ScriptedServer server([&](Peer& peer) {
        peer.read_head();
        peer.send(too_large);
        peer.close();  // with bytes unread, which resets
    });
    Client client;
    const auto fetched =
        client.run(fetch(client, endpoint_at(server.port()), post(std::string(32 << 20, 'x'))));
    ASSERT_TRUE(fetched) << fetched.error().message;
    EXPECT_EQ(fetched->status, 413);
    EXPECT_EQ(fetched->body, "big");
    EXPECT_EQ(client.pool.idle(), 0u);
}

TEST(Exchange, early_refusal_of_a_long_request_is_read_although_the_server_stops_reading)
{
    std::promise<void> over;
    ScriptedServer server([&](Peer& peer) {
        peer.read_head();
        peer.send(too_large);
        over.get_future().wait();
    });
    Client client;
    const PhaseDeadlines never{.connect = TimePoint::max(), .response = TimePoint::max()};
    const auto fetched = client.run(
        fetch(client, endpoint_at(server.port()), post(std::string(32 << 20, 'x')), never)
    );
    over.set_value();
    ASSERT_TRUE(fetched) << fetched.error().message;
    EXPECT_EQ(fetched->status, 413);
    EXPECT_EQ(client.pool.idle(), 0u);
}

TEST(Exchange, early_success_does_not_cut_a_long_request)
{
    ScriptedServer server([&](Peer& peer) {
        peer.read_head();
        peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        std::size_t received = 0;
        for (long n = 1; n > 0 && received < (32 << 20);) {
            n = peer.skip(64 * 1024);
            received += static_cast<std::size_t>(n);
        }
        const auto count = std::to_string(received);
        peer.send(concat(std::to_string(count.size()), "\r\n", count, "\r\n0\r\n\r\n"));
    });
    Client client;
    const auto fetched =
        client.run(fetch(client, endpoint_at(server.port()), post(std::string(32 << 20, 'x'))));
    ASSERT_TRUE(fetched) << fetched.error().message;
    EXPECT_EQ(fetched->body, std::to_string(32 << 20));
}

TEST(Exchange, what_is_not_http_is_a_bad_response)
{
    const std::vector<std::string> answers{
        "SSH-2.0-OpenSSH_9.2\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n",
        concat("HTTP/1.1 200 OK\r\nX: ", std::string(70'000, 'x'), "\r\n\r\n"),
    };
    for (const auto& answer : answers) {
        ScriptedServer server([&](Peer& peer) {
            peer.read_request();
            peer.send(answer);
            peer.sees_close();
        });
        Client client;
        EXPECT_EQ(
            kind_of(client.run(fetch(client, endpoint_at(server.port()), post()))),
            ErrorKind::bad_response
        ) << answer.substr(0, 60);
    }
}

TEST(Exchange, large_head_is_taken)
{
    const std::string value(50'000, 'x');
    ScriptedServer server([&](Peer& peer) {
        peer.read_request();
        peer.send(concat("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX: ", value, "\r\n\r\n"));
    });
    Client client;
    const auto fetched = client.run(fetch(client, endpoint_at(server.port()), post()));
    ASSERT_TRUE(fetched) << fetched.error().message;
    EXPECT_TRUE(find_header(fetched->headers, "x") == value);
}

TEST(Exchange, credential_with_a_line_break_is_never_sent)
{
    ScriptedServer server([](Peer& peer) { EXPECT_EQ(peer.read_request(), ""); });
    Client client;
    auto request = post();
    request.headers = {{"Authorization", "Bearer sk-1\r\nX-Admin: 1"}};
    EXPECT_EQ(
        kind_of(client.run(fetch(client, endpoint_at(server.port()), request))), ErrorKind::internal
    );
}

constexpr std::string_view chunked =
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n";

TEST(Body, arrives_piece_by_piece)
{
    std::promise<void> first_seen;
    ScriptedServer server([&](Peer& peer) {
        peer.read_request();
        peer.send(chunked);
        first_seen.get_future().wait();
        peer.send("5\r\nworld\r\n0\r\n\r\n");
    });
    Client client;
    auto exchange = client.run(start(client, endpoint_at(server.port())));
    ASSERT_TRUE(exchange);
    EXPECT_EQ(client.pool.in_use(), 1u);
    EXPECT_EQ(client.run(exchange->read(in(10s))), "hello");
    first_seen.set_value();
    EXPECT_EQ(client.run(exchange->read(in(10s))), "world");
    EXPECT_EQ(client.run(exchange->read(in(10s))), "");
    EXPECT_EQ(client.run(exchange->read(in(10s))), "");
}

TEST(Body, is_acknowledged_once_more_is_awaited)
{
    std::promise<void> seen, awaited;
    std::promise<int> before, after;
    ScriptedServer server([&](Peer& peer) {
        peer.read_request();
        const auto sent = Clock::now();
        peer.send(chunked);
        seen.get_future().wait();
        const int open = peer.unacknowledged();
        const bool in_time = Clock::now() < sent + 30ms;  // the kernel acknowledges after 40
        before.set_value(in_time ? open : static_cast<int>(chunked.size()));
        awaited.get_future().wait();
        after.set_value(peer.unacknowledged());
    });
    Client client;
    auto exchange = client.run(start(client, endpoint_at(server.port())));
    ASSERT_TRUE(exchange);
    EXPECT_EQ(client.run(exchange->read(in(10s))), "hello");
    seen.set_value();
    EXPECT_EQ(before.get_future().get(), static_cast<int>(chunked.size()));
    EXPECT_EQ(kind_of(client.run(exchange->read(in(1ms)))), ErrorKind::idle_timeout);
    awaited.set_value();
    EXPECT_EQ(after.get_future().get(), 0);
}

TEST(Body, silence_is_an_idle_timeout_after_which_reading_goes_on)
{
    std::promise<void> silence_over;
    ScriptedServer server([&](Peer& peer) {
        peer.read_request();
        peer.send(chunked);
        silence_over.get_future().wait();
        peer.send("5\r\nworld\r\n0\r\n\r\n");
    });
    Client client;
    auto exchange = client.run(start(client, endpoint_at(server.port())));
    ASSERT_TRUE(exchange);
    EXPECT_EQ(client.run(exchange->read(in(10s))), "hello");
    EXPECT_EQ(kind_of(client.run(exchange->read(in(30ms)))), ErrorKind::idle_timeout);
    EXPECT_EQ(kind_of(client.run(exchange->read(in(30ms)))), ErrorKind::idle_timeout);
    silence_over.set_value();
    EXPECT_EQ(client.run(exchange->read(in(10s))), "world");
    EXPECT_EQ(client.run(exchange->read(in(10s))), "");
}

TEST(Body, exchange_given_up_in_a_silence_closes_its_connection)
{
    std::promise<bool> closed;
    ScriptedServer server([&](Peer& peer) {
        peer.read_request();
        peer.send(chunked);
        closed.set_value(peer.sees_close());
    });
    Client client;
    {
        auto exchange = client.run(start(client, endpoint_at(server.port())));
        ASSERT_TRUE(exchange);
        EXPECT_EQ(client.run(exchange->read(in(10s))), "hello");
        EXPECT_EQ(kind_of(client.run(exchange->read(in(30ms)))), ErrorKind::idle_timeout);
    }
    EXPECT_TRUE(closed.get_future().get());
    EXPECT_EQ(client.pool.idle(), 0u);
}

TEST(Body, silence_before_read_all_is_a_response_timeout)
{
    ScriptedServer server([&](Peer& peer) {
        peer.read_request();
        peer.send(chunked);
        peer.sees_close();
    });
    Client client;
    auto exchange = client.run(start(client, endpoint_at(server.port())));
    ASSERT_TRUE(exchange);
    EXPECT_EQ(kind_of(client.run(exchange->read_all(in(30ms), 100))), ErrorKind::response_timeout);
}

TEST(Body, deadline_holds_only_while_reading)
{
    std::promise<void> late;
    ScriptedServer server([&](Peer& peer) {
        peer.read_request();
        peer.send(chunked);
        late.get_future().wait();
        peer.send("0\r\n\r\n");
    });
    Client client;
    auto exchange = client.run(start(client, endpoint_at(server.port())));
    ASSERT_TRUE(exchange);
    const auto deadline = in(20ms);
    EXPECT_EQ(client.run(exchange->read(deadline)), "hello");
    client.run_until([&] { return Clock::now() > deadline + 3 * DeadlineTimer::resolution; });
    late.set_value();
    EXPECT_EQ(client.run(exchange->read(in(10s))), "");
}

struct Cut {
    std::string name;
    std::string bytes;
    bool reset = false;
};

class BodyCutShort : public testing::TestWithParam<Cut> {
protected:
    static void play(Peer& peer, std::future<void> head_seen)
    {
        peer.read_request();
        peer.send(GetParam().bytes);
        head_seen.wait();  // a reset overtakes what was sent before it
        if (GetParam().reset)
            peer.reset();
        else
            peer.close();
    }
};

TEST_P(BodyCutShort, interrupts_a_stream)
{
    std::promise<void> seen;
    ScriptedServer server([&](Peer& peer) { play(peer, seen.get_future()); });
    Client client;
    auto exchange = client.run(start(client, endpoint_at(server.port())));
    ASSERT_TRUE(exchange);
    EXPECT_EQ(client.run(exchange->read(in(10s))), "hello");
    seen.set_value();
    EXPECT_EQ(kind_of(client.run(exchange->read(in(10s)))), ErrorKind::stream_interrupted);
}

TEST_P(BodyCutShort, makes_a_whole_response_bad)
{
    std::promise<void> seen;
    ScriptedServer server([&](Peer& peer) { play(peer, seen.get_future()); });
    Client client;
    auto exchange = client.run(start(client, endpoint_at(server.port())));
    ASSERT_TRUE(exchange);
    seen.set_value();
    EXPECT_EQ(kind_of(client.run(exchange->read_all(in(10s), 100))), ErrorKind::bad_response);
}

INSTANTIATE_TEST_SUITE_P(
    by,
    BodyCutShort,
    testing::Values(
        Cut{"close_between_chunks", std::string(chunked)},
        Cut{"close_within_a_length", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello"},
        Cut{"reset", std::string(chunked), true},
        Cut{"reset_until_close", "HTTP/1.1 200 OK\r\n\r\nhello", true},
        Cut{"garbage", concat(chunked, "zz\r\n")}
    ),
    [](const auto& info) { return info.param.name; }
);

TEST(Body, longer_than_the_limit_is_a_bad_response)
{
    for (const auto* answer :
         {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"}) {
        ScriptedServer server([&](Peer& peer) {
            peer.read_request();
            peer.send(answer);
            peer.sees_close();
        });
        Client client;
        auto exchange = client.run(start(client, endpoint_at(server.port())));
        ASSERT_TRUE(exchange);
        EXPECT_EQ(kind_of(client.run(exchange->read_all(in(10s), 4))), ErrorKind::bad_response);
    }
}

TEST(Body, that_has_arrived_is_there_without_waiting)
{
    std::promise<void> late;
    ScriptedServer server([&](Peer& peer) {
        peer.read_request();
        peer.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
        peer.read_request();
        peer.send(chunked);
        late.get_future().wait();
        peer.send("1\r\n!\r\n0\r\n\r\n");
    });
    Client client;
    auto exchange = client.run(start(client, endpoint_at(server.port())));
    ASSERT_TRUE(exchange);
    EXPECT_EQ(exchange->all_here(5).value(), "hello");
    exchange.reset();
    exchange = client.run(start(client, endpoint_at(server.port())));
    ASSERT_TRUE(exchange);
    EXPECT_TRUE(exchange->reused());
    EXPECT_FALSE(exchange->all_here(6));
    late.set_value();
    EXPECT_EQ(client.run(exchange->read_all(in(10s), 6)), "hello!");
}

TEST(Body, end_that_has_arrived_counts_as_read)
{
    ScriptedServer server([](Peer& peer) {
        peer.read_request();
        peer.send(concat(chunked, "0\r\n\r\n"));
        peer.sees_close();
    });
    Client client;
    {
        auto exchange = client.run(start(client, endpoint_at(server.port())));
        ASSERT_TRUE(exchange);
        EXPECT_EQ(client.run(exchange->read(in(10s))), "hello");
    }
    EXPECT_EQ(client.pool.idle(), 1u);
}

TEST(Body, left_unread_closes_the_connection)
{
    std::promise<bool> closed;
    ScriptedServer server([&](Peer& peer) {
        peer.read_request();
        peer.send(chunked);
        closed.set_value(peer.sees_close());
    });
    Client client;
    {
        auto exchange = client.run(start(client, endpoint_at(server.port())));
        ASSERT_TRUE(exchange);
    }
    EXPECT_TRUE(closed.get_future().get());
    EXPECT_EQ(client.pool.idle(), 0u);
    EXPECT_EQ(client.pool.in_use(), 0u);
}

TEST(Body, abort_closes_the_connection_at_once)
{
    std::promise<bool> closed;
    ScriptedServer server([&](Peer& peer) {
        peer.read_request();
        peer.send(chunked);
        closed.set_value(peer.sees_close());
    });
    Client client;
    auto exchange = client.run(start(client, endpoint_at(server.port())));
    ASSERT_TRUE(exchange);
    exchange->abort();
    EXPECT_TRUE(closed.get_future().get());
}

}  // namespace
}  // namespace sluice::test
