// What responses look like on the wire, and what becomes of handlers that do not give one.
#include "server/responder.hpp"

#include "unit/server/front_door.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

namespace sluice::test {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;

/// Streams "one" and "two" and ends with "three".
Task<void> stream_three(Request&, Responder& responder)
{
    EXPECT_FALSE(responder.started());
    EXPECT_TRUE(co_await responder.begin_stream(200, {{"Content-Type", "text/event-stream"}}));
    EXPECT_TRUE(responder.started());
    EXPECT_TRUE(co_await responder.write("one"));
    EXPECT_TRUE(co_await responder.write(""));
    EXPECT_TRUE(co_await responder.write("two"));
    EXPECT_TRUE(co_await responder.end_stream("three"));
}

TEST(Responder, a_response_on_the_wire)
{
    FrontDoor door([](Request&, Responder& responder) -> Task<void> {
        std::ignore = co_await responder.send(404, {{"x-request-id", "r-1"}}, "gone");
    });
    auto client = door.client();
    client.send(get("/", "Connection: close\r\n"));
    EXPECT_THAT(
        client.read_rest(),
        MatchesRegex("HTTP/1.1 404 Not Found\r\n"
                     "Date: [A-Z][a-z][a-z], [0-9][0-9] [A-Z][a-z][a-z] [0-9]+ [0-9:]+ GMT\r\n"
                     "x-request-id: r-1\r\nContent-Length: 4\r\nConnection: close\r\n\r\ngone")
    );
}

TEST(Responder, a_stream_is_chunked_a_write_a_piece)
{
    FrontDoor door(&stream_three);
    auto client = door.client();
    const auto response = client.send(get("/")).read_response();
    EXPECT_TRUE(response.complete);
    EXPECT_EQ(response.header("transfer-encoding"), "chunked");
    EXPECT_EQ(response.header("content-length"), "");
    ASSERT_EQ(response.pieces.size(), 3u);
    EXPECT_EQ(response.pieces[1].bytes, "two");
    EXPECT_EQ(response.body, "onetwothree");
    EXPECT_EQ(client.send(get("/")).read_response().body, "onetwothree");  // goes on
}

TEST(Responder, a_stream_to_http_1_0_ends_with_the_connection)
{
    FrontDoor door(&stream_three);
    const auto response = door.ask("GET / HTTP/1.0\r\n\r\n");
    EXPECT_EQ(response.header("transfer-encoding"), "");
    EXPECT_EQ(response.header("connection"), "close");
    EXPECT_EQ(response.body, "onetwothree");
    EXPECT_TRUE(response.complete);
}

TEST(Responder, head_gets_the_head_alone)
{
    FrontDoor door;
    auto client = door.client();
    const auto response = client.send("HEAD /x HTTP/1.1\r\nHost: t\r\n\r\n").read_response("HEAD");
    EXPECT_EQ(response.header("content-length"), "9");
    EXPECT_EQ(client.send(get("/next")).read_response().body, "GET /next||");

    FrontDoor streaming(&stream_three);
    auto other = streaming.client();
    EXPECT_EQ(other.send("HEAD / HTTP/1.1\r\nHost: t\r\n\r\n").read_response("HEAD").status, 200);
    EXPECT_EQ(other.send(get("/")).read_response().body, "onetwothree");
}

TEST(Responder, some_statuses_have_no_body)
{
    FrontDoor door([](Request& request, Responder& responder) -> Task<void> {
        const int status = request.path == "/204" ? 204 : 304;
        std::ignore = co_await responder.send(status, {}, "ignored");
    });
    auto client = door.client();
    for (const auto* path : {"/204", "/304"}) {
        const auto response = client.send(get(path)).read_response();
        EXPECT_EQ(response.header("content-length"), "") << path;
        EXPECT_EQ(response.body, "") << path;
    }
}

TEST(Responder, a_header_value_cannot_split_the_response)
{
    FrontDoor door([](Request&, Responder& responder) -> Task<void> {
        std::ignore = co_await responder.send(200, {{"X", "a\r\nSet-Cookie: b"}}, "");
    });
    const auto response = door.ask(get("/"));
    EXPECT_EQ(response.header("x"), "a  Set-Cookie: b");
    EXPECT_EQ(response.header("set-cookie"), "");
}

TEST(Responder, a_second_response_is_refused)
{
    FrontDoor door([](Request& request, Responder& responder) -> Task<void> {
        co_await echo(request, responder);
        const auto second = co_await responder.send(500, {}, "again");
        EXPECT_TRUE(!second && second.error().kind == ErrorKind::internal);
        EXPECT_FALSE(co_await responder.begin_stream(200, {}));
        EXPECT_FALSE(co_await responder.write("more"));
    });
    auto client = door.client();
    EXPECT_EQ(client.send(get("/1")).read_response().body, "GET /1||");
    EXPECT_EQ(client.send(get("/2")).read_response().body, "GET /2||");
}

TEST(Responder, reset_breaks_the_connection_off)
{
    FrontDoor door([](Request&, Responder& responder) -> Task<void> {
        std::ignore = co_await responder.begin_stream(200, {});
        std::ignore = co_await responder.write("some");
        responder.reset();
    });
    auto client = door.client();
    const auto response = client.send(get("/")).read_response();
    EXPECT_FALSE(response.complete);
    EXPECT_TRUE(client.was_reset());
}

TEST(Responder, a_handler_that_throws_ends_its_session_alone)
{
    FrontDoor door([](Request& request, Responder& responder) -> Task<void> {
        if (request.path == "/late") std::ignore = co_await responder.begin_stream(200, {});
        if (request.path != "/") throw std::runtime_error("boom");
        std::ignore = co_await responder.send(200, {}, "fine");
    });
    auto bystander = door.client();
    EXPECT_EQ(bystander.send(get("/")).read_response().body, "fine");

    const auto early = door.ask(get("/early"));
    EXPECT_EQ(early.status, 500);
    EXPECT_THAT(early.body, HasSubstr(R"("code":"internal_error","type":"gateway")"));
    EXPECT_THAT(early.body, Not(HasSubstr("boom")));
    EXPECT_EQ(early.header("connection"), "close");

    auto late = door.client();
    EXPECT_FALSE(late.send(get("/late")).read_response().complete);
    EXPECT_TRUE(late.was_reset());
    EXPECT_EQ(bystander.send(get("/")).read_response().body, "fine");
}

TEST(Responder, a_handler_that_does_not_answer_is_a_500)
{
    FrontDoor door([](Request&, Responder&) -> Task<void> { co_return; });
    EXPECT_EQ(door.ask(get("/")).status, 500);
}

TEST(Responder, a_stream_left_open_is_broken_off)
{
    FrontDoor door([](Request&, Responder& responder) -> Task<void> {
        std::ignore = co_await responder.begin_stream(200, {});
    });
    auto client = door.client();
    EXPECT_FALSE(client.send(get("/")).read_response().complete);
    EXPECT_TRUE(client.was_reset());
}

}  // namespace
}  // namespace sluice::test
