// What a malformed request meets at the socket: the answer, the end of the connection, one count.
#include "server/head_guard.hpp"
#include "unit/server/front_door.hpp"

#include <boost/json/parse.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice::test {
namespace {

using testing::ElementsAre;

std::string chunked_post(std::string_view chunks, std::string_view fields = {})
{
    return concat(
        "POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n", fields, "\r\n", chunks
    );
}

struct Refused {
    std::string name;
    std::string request;
    int status;
    std::string code;
    std::string reason;
};

class Framing : public testing::TestWithParam<Refused> {};

TEST_P(Framing, is_refused_and_the_connection_ends)
{
    int handled = 0;
    FrontDoor door([&](Request& request, Responder& responder) {
        ++handled;
        return echo(request, responder);
    });
    auto client = door.client();
    // What follows a refused request must never be taken for another one.
    const auto response = client.send(GetParam().request + get("/smuggled")).read_response();
    EXPECT_EQ(response.status, GetParam().status);
    EXPECT_TRUE(response.complete);
    EXPECT_EQ(response.header("connection"), "close");
    EXPECT_EQ(response.header("x-should-retry"), "false");
    EXPECT_EQ(response.header("content-type"), "application/json");

    const auto body = boost::json::parse(response.body).as_object();
    EXPECT_EQ(body.at("success"), false);
    const auto& error = body.at("error").as_object();
    EXPECT_EQ(std::string_view(error.at("code").as_string()), GetParam().code);
    EXPECT_EQ(error.at("type"), "invalid_request");
    EXPECT_EQ(error.at("status"), GetParam().status);
    EXPECT_EQ(error.at("retryable"), false);
    EXPECT_TRUE(error.at("param").is_null());
    EXPECT_TRUE(error.at("provider").is_null());
    EXPECT_EQ(
        std::string_view(error.at("request_id").as_string()), response.header("x-request-id")
    );

    client.half_close();
    EXPECT_TRUE(client.closed_by_server());
    EXPECT_FALSE(client.was_reset());
    EXPECT_EQ(handled, 0);
    EXPECT_THAT(door.refusals(), ElementsAre(GetParam().reason));
}

std::string name_of(const testing::TestParamInfo<Refused>& info)
{
    return info.param.name;
}

constexpr auto malformed = "malformed_request";
INSTANTIATE_TEST_SUITE_P(
    table,
    Framing,
    testing::Values(
        Refused{"no_host", "GET / HTTP/1.1\r\n\r\n", 400, malformed, "bad_host"},
        Refused{"two_hosts", get("/", "Host: u\r\n"), 400, malformed, "bad_host"},
        Refused{"bare_lf", "GET / HTTP/1.1\nHost: t\n\n", 400, malformed, "bad_framing"},
        Refused{"folded", get("/", "X: a\r\n b\r\n"), 400, malformed, "bad_framing"},
        Refused{"empty_lines", "\r\n\r\n", 400, malformed, "bad_request_line"},
        Refused{"two_lengths", post("", "Content-Length: 0\r\n"), 400, malformed, "bad_framing"},
        Refused{
            "length_and_chunks",
            chunked_post("0\r\n\r\n", "Content-Length: 5\r\n"),
            400,
            malformed,
            "bad_framing"
        },
        Refused{
            "almost_chunked",
            get("/", "Transfer-Encoding: xchunked\r\n"),
            400,
            malformed,
            "bad_framing"
        },
        Refused{
            "two_authorizations",
            get("/", "Authorization: a\r\nAuthorization: b\r\n"),
            400,
            malformed,
            "bad_header"
        },
        Refused{
            "old_version", "GET / HTTP/0.9\r\nHost: t\r\n\r\n", 505, "bad_version", "bad_version"
        },
        Refused{"proxy_request", get("http://t/"), 400, malformed, "bad_request_line"},
        Refused{
            "expectation", get("/", "Expect: x\r\n"), 417, "bad_expectation", "bad_expectation"
        },
        Refused{
            "long_target",
            get("/" + std::string(max_target_size, 'a')),
            414,
            "target_too_long",
            "target_too_long"
        },
        Refused{
            "endless_target",
            "GET /" + std::string(max_head_size, 'a'),
            414,
            "target_too_long",
            "target_too_long"
        },
        Refused{
            "large_head",
            get("/", "X: " + std::string(max_head_size, 'a') + "\r\n"),
            431,
            "head_too_large",
            "head_too_large"
        },
        Refused{
            "announced_body_too_large",  // answered before any of it comes
            "POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 33554433\r\n\r\n",
            413,
            "payload_too_large",
            "body_too_large"
        },
        Refused{
            "large_chunk", chunked_post("2000001\r\n"), 413, "payload_too_large", "body_too_large"
        },
        Refused{"no_chunk_size", chunked_post("x\r\n"), 400, malformed, "bad_framing"},
        Refused{"empty_chunk_size", chunked_post("\r\n0\r\n\r\n"), 400, malformed, "bad_framing"},
        Refused{
            "huge_chunk_size", chunked_post("fffffffffffffffff\r\n"), 400, malformed, "bad_framing"
        },
        Refused{"signed_chunk_size", chunked_post("+1\r\na\r\n"), 400, malformed, "bad_framing"},
        Refused{"long_chunk", chunked_post("1\r\nab\r\n0\r\n\r\n"), 400, malformed, "bad_framing"},
        Refused{"bare_cr_in_chunk_size", chunked_post("1\ra\r\n"), 400, malformed, "bad_framing"},
        Refused{
            "bare_lf_in_chunk_extension",
            chunked_post("1;a=\"\n\"\r\na\r\n0\r\n\r\n"),
            400,
            malformed,
            "bad_framing"
        },
        Refused{
            "large_chunk_extension",
            chunked_post("1;a=" + std::string(4096, 'b') + "\r\na\r\n0\r\n\r\n"),
            400,
            malformed,
            "bad_framing"
        },
        Refused{
            "many_chunk_extensions",
            chunked_post([] {
                std::string chunks;
                for (int i = 0; i < 5; ++i) chunks += "1;a=" + std::string(1000, 'b') + "\r\na\r\n";
                return chunks + "0\r\n\r\n";
            }()),
            400,
            malformed,
            "bad_framing"
        },
        Refused{
            "endless_chunk_extension",
            chunked_post("1;a=" + std::string(40'000, 'b')),
            400,
            malformed,
            "bad_framing"
        },
        Refused{
            "length_in_trailers",
            chunked_post("0\r\nContent-Length: 1\r\n\r\n"),
            400,
            malformed,
            "bad_framing"
        }
    ),
    name_of
);

TEST(FramingValid, requests_reach_the_handler)
{
    const struct {
        std::string request;
        std::string_view seen;
    } cases[] = {
        {get("/"), "GET /||"},
        {get("/a/b?c=d&e"), "GET /a/b|c=d&e|"},
        {get("/?"), "GET /||"},
        {"\r\n" + get("/"), "GET /||"},
        {"DELETE /x HTTP/1.1\r\nHost: t\r\n\r\n", "DELETE /x||"},
        {post(""), "POST /||"},
        {post("hello"), "POST /||hello"},
        {chunked_post("0\r\n\r\n"), "POST /||"},
        {chunked_post("5\r\nhello\r\n6;a=b\r\n world\r\n0\r\n\r\n"), "POST /||hello world"},
        {chunked_post("00A\r\n0123456789\r\n000\r\n\r\n"), "POST /||0123456789"},
        {chunked_post("1;a=" + std::string(4000, 'b') + "\r\na\r\n0\r\n\r\n"), "POST /||a"},
    };
    FrontDoor door;
    for (const auto& [request, seen] : cases) {
        const auto response = door.ask(request);
        EXPECT_EQ(response.status, 200) << request;
        EXPECT_EQ(response.body, seen) << request;
    }
    EXPECT_THAT(door.refusals(), ElementsAre());
}

TEST(FramingValid, fields_are_seen_trimmed_and_in_order)
{
    FrontDoor door([](Request& request, Responder& responder) -> Task<void> {
        std::string seen;
        for (const auto& field : request.fields) seen += concat(field.name, "=", field.value, ";");
        seen += request.header("x-twice");
        std::ignore = co_await responder.send(200, {}, seen);
    });
    const auto response = door.ask(get("/", "X-Twice:  a b\t\r\nx-twice:c\r\nEmpty:\r\n"));
    EXPECT_EQ(response.body, "Host=t;X-Twice=a b;x-twice=c;Empty=;a b");
}

TEST(FramingValid, trailers_are_counted_and_never_merged)
{
    FrontDoor door([](Request& request, Responder& responder) -> Task<void> {
        const auto seen =
            concat(request.header("Authorization"), request.header("X"), request.body);
        std::ignore = co_await responder.send(200, {}, seen);
    });
    const auto request = chunked_post("1\r\na\r\n0\r\nAuthorization: Bearer evil\r\nX: y\r\n\r\n");
    auto client = door.client();
    EXPECT_EQ(client.send(request).read_response().body, "a");
    EXPECT_EQ(client.send(get("/")).read_response().status, 200);
    EXPECT_EQ(door.dropped_trailers(), 2);
}

TEST(Refusal, carries_the_callers_request_id_where_it_is_sane)
{
    FrontDoor door(&echo, {.max_body = 10});
    const auto refused_with = [&](std::string_view id) {
        return door.ask(post("more than ten", concat("X-Request-Id: ", id, "\r\n")));
    };
    EXPECT_EQ(refused_with("mine-1").header("x-request-id"), "mine-1");
    EXPECT_EQ(refused_with("not sane").header("x-request-id").size(), 36u);
}

TEST(Refusal, is_read_even_by_a_client_that_uploads_all_the_same)
{
    FrontDoor door(&echo, {.max_body = 1000});
    auto client = door.client();
    client.send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 8000000\r\n\r\n");
    client.send(std::string(8'000'000, 'x'));
    EXPECT_EQ(client.read_response().status, 413);
    client.half_close();
    EXPECT_TRUE(client.closed_by_server());
    EXPECT_FALSE(client.was_reset());
}

}  // namespace
}  // namespace sluice::test
