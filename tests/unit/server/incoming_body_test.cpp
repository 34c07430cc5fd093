// Bodies that a handler reads itself, as they come.
#include "server/incoming_body.hpp"

#include "unit/server/front_door.hpp"

#include <boost/asio/basic_waitable_timer.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice::test {
namespace {

/// A front door whose handler reads every body itself.
class UploadDoor : public FrontDoor {
public:
    using FrontDoor::FrontDoor;
    bool takes_upload(Request&) const override { return true; }
};

/// Answers with what came, or with the kind of the error that came instead.
Task<void> read_and_echo(Request& request, Responder& responder)
{
    std::string body;
    while (true) {
        auto piece = co_await request.upload->read();
        if (!piece) {
            std::ignore = co_await responder.send(400, {}, code_of(piece.error().kind));
            co_return;
        }
        if (piece->empty()) break;
        body += *piece;
    }
    std::ignore = co_await responder.send(200, {}, body);
}

Task<void> refuse_unread(Request&, Responder& responder)
{
    std::ignore = co_await responder.send(401, {}, "no");
}

std::string post_chunked(std::string_view body)
{
    std::string out = "POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (; !body.empty(); body.remove_prefix(1)) out += concat("1\r\n", body.substr(0, 1), "\r\n");
    return out + "0\r\n\r\n";
}

TEST(IncomingBody, what_is_read_to_its_end_leaves_the_connection_open)
{
    UploadDoor door(&read_and_echo);
    auto client = door.client();
    const std::string large(300'000, 'x');
    for (const auto& body : {std::string("hello"), large, std::string()}) {
        const auto response = client.send(post(body)).read_response();
        EXPECT_TRUE(response.body == body);
        EXPECT_EQ(response.header("connection"), "");
    }
    EXPECT_EQ(client.drip(post_chunked("in chunks"), 10us).read_response().body, "in chunks");
    EXPECT_EQ(client.send(post("last")).read_response().body, "last");
}

TEST(IncomingBody, what_is_left_unread_ends_the_connection)
{
    UploadDoor door(&refuse_unread);
    auto client = door.client();
    const auto response =
        client.send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 1000000\r\n\r\nsome")
            .read_response();
    EXPECT_EQ(response.status, 401);
    EXPECT_EQ(response.header("connection"), "close");
    EXPECT_TRUE(client.closed_by_server());
}

TEST(IncomingBody, continue_is_said_when_the_handler_reads)
{
    const auto head =
        "POST / HTTP/1.1\r\nHost: t\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n";
    UploadDoor reading(&read_and_echo);
    auto client = reading.client();
    EXPECT_EQ(client.send(head).read_head().status, 100);
    EXPECT_EQ(client.send("ok").read_response().body, "ok");

    UploadDoor refusing(&refuse_unread);
    EXPECT_EQ(refusing.client().send(head).read_head().status, 401);
}

TEST(IncomingBody, limit_is_the_uploads_own)
{
    UploadDoor door(&read_and_echo, {.max_body = 10, .max_upload = 100});
    EXPECT_EQ(door.ask(post(std::string(100, 'x'))).status, 200);
    EXPECT_EQ(door.ask(post(std::string(101, 'x'))).status, 413);
    EXPECT_EQ(door.ask(post_chunked(std::string(100, 'x'))).status, 200);
    EXPECT_EQ(door.ask(post_chunked(std::string(101, 'x'))).body, "payload_too_large");
}

TEST(IncomingBody, one_that_is_too_slow_is_the_handlers_to_hear)
{
    UploadDoor door(&read_and_echo, {.header_timeout = 50ms});
    const auto response = door.ask("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 10\r\n\r\nsome");
    EXPECT_EQ(response.status, 400);
    EXPECT_THAT(door.refusals(), testing::ElementsAre("slow_body"));
}

TEST(IncomingBody, time_in_which_the_handler_does_not_read_is_not_the_callers)
{
    UploadDoor door(
        [](Request& request, Responder& responder) -> Task<void> {
            asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, Executor> pause(
                co_await asio::this_coro::executor, 150ms
            );
            co_await pause.async_wait(asio::use_awaitable_t<Executor>{});
            co_await read_and_echo(request, responder);
        },
        {.header_timeout = 200ms}
    );
    auto client = door.client();
    client.send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 4\r\n\r\nso");
    std::this_thread::sleep_for(180ms);
    EXPECT_EQ(client.send("me").read_response().body, "some");
}

}  // namespace
}  // namespace sluice::test
