#include "upstream/request_head.hpp"

#include <gtest/gtest.h>

namespace sluice {
namespace {

Result<std::string> head_of(const HttpRequest& request, const Origin& origin)
{
    std::string out = "left over";
    if (auto formatted = format_request_head(request, host_line(origin), out); !formatted)
        return std::unexpected(formatted.error());
    return out;
}

HttpRequest plain(std::string method, std::string target)
{
    HttpRequest request;
    request.method = std::move(method);
    request.target = std::move(target);
    return request;
}

HttpRequest with_header(std::string name, std::string value)
{
    auto request = plain("POST", "/");
    request.headers = {{std::move(name), std::move(value)}};
    return request;
}

constexpr auto text = [](const Result<std::string>& head) {
    return head ? *head : concat("error: ", head.error().message);
};

TEST(RequestHead, has_host_headers_and_length)
{
    const HttpRequest request{
        .target = "/v1/chat?x=1",
        .headers = {{"Authorization", "Bearer sk-1"}, {"Content-Type", "application/json"}},
        .body = "{}"
    };
    EXPECT_EQ(
        text(head_of(request, {.tls = true, .host = "api.example.com", .port = 443})),
        "POST /v1/chat?x=1 HTTP/1.1\r\nHost: api.example.com\r\nAuthorization: Bearer sk-1\r\n"
        "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n"
    );
}

TEST(RequestHead, names_a_port_that_is_not_the_schemes_own)
{
    const auto get = plain("GET", "/");
    const auto host_line = [&](const Origin& origin) {
        const auto head = text(head_of(get, origin));
        const auto begin = head.find("Host: ");
        return head.substr(begin, head.find("\r\n", begin) - begin);
    };
    EXPECT_EQ(host_line({.tls = false, .host = "a.test", .port = 80}), "Host: a.test");
    EXPECT_EQ(host_line({.tls = true, .host = "a.test", .port = 80}), "Host: a.test:80");
    EXPECT_EQ(host_line({.tls = false, .host = "a.test", .port = 443}), "Host: a.test:443");
    EXPECT_EQ(host_line({.tls = false, .host = "::1", .port = 8080}), "Host: [::1]:8080");
    EXPECT_EQ(host_line({.tls = true, .host = "::1", .port = 443}), "Host: [::1]");
}

TEST(RequestHead, has_a_length_unless_a_get_has_no_body)
{
    const Origin origin{.host = "a.test", .port = 80};
    EXPECT_TRUE(text(head_of(plain("POST", "/"), origin)).contains("Content-Length: 0\r\n"));
    EXPECT_FALSE(text(head_of(plain("GET", "/"), origin)).contains("Content-Length"));
    EXPECT_FALSE(text(head_of(plain("HEAD", "/"), origin)).contains("Content-Length"));
}

struct Refused {
    std::string name;
    HttpRequest request;
};

class RefusedRequestHead : public testing::TestWithParam<Refused> {};

TEST_P(RefusedRequestHead, is_an_internal_error_that_repeats_no_value)
{
    const auto head = head_of(GetParam().request, {.host = "a.test", .port = 80});
    ASSERT_FALSE(head);
    EXPECT_EQ(head.error().kind, ErrorKind::internal);
    EXPECT_FALSE(head.error().message.contains("secret")) << head.error().message;
}

INSTANTIATE_TEST_SUITE_P(
    all,
    RefusedRequestHead,
    testing::Values(
        Refused{"line_break", with_header("Authorization", "Bearer secret\r\nX: 1")},
        Refused{"line_feed", with_header("Authorization", "Bearer secret\n")},
        Refused{"nul", with_header("X", std::string("secret\0", 7))},
        Refused{"name_with_colon", with_header("X: secret", "1")},
        Refused{"empty_name", with_header("", "secret")},
        Refused{"second_host", with_header("HOST", "secret")},
        Refused{"second_length", with_header("content-length", "7")},
        Refused{"chunked", with_header("Transfer-Encoding", "chunked")},
        Refused{"connection", with_header("Connection", "close")},
        Refused{"target_with_space", plain("POST", "/secret HTTP/1.1")},
        Refused{"target_with_line_break", plain("POST", "/secret\r\n")},
        Refused{"no_path", plain("POST", "http://secret/")},
        Refused{"method_with_space", plain("GET /secret", "/")}
    ),
    [](const auto& info) { return info.param.name; }
);

}  // namespace
}  // namespace sluice
