#include "server/head_guard.hpp"

#include "core/error.hpp"

#include <gtest/gtest.h>

#include <string>

namespace sluice {
namespace {

using namespace std::literals;

/// Why the guard refuses it: "400 bad_framing"; "" where it does not.
std::string verdict(std::string_view head)
{
    RequestHead taken_apart;
    const auto checked = check_head(head, taken_apart);
    if (checked) return "";
    EXPECT_FALSE(checked.error().message.empty());
    return std::to_string(checked.error().status) + " " + std::string(checked.error().reason);
}

std::string with(std::string_view fields)
{
    return "POST / HTTP/1.1\r\nHost: t\r\n" + std::string(fields) + "\r\n";
}

TEST(HeadGuard, lets_ordinary_heads_pass)
{
    const std::string heads[] = {
        "GET / HTTP/1.1\r\nHost: t\r\n\r\n",
        "GET / HTTP/1.0\r\n\r\n",
        "GET /a%20b/c?d=e&f=%C3%BC HTTP/1.1\r\nhost:example.com:8006\r\n\r\n",
        "PATCH /x HTTP/1.1\r\nHost: [::1]:8006\r\n\r\n",
        with("Content-Length: 0\r\n"),
        with("Content-Length:\t18 \r\n"),
        with("Transfer-Encoding: chunked\r\n"),
        with("transfer-encoding:  Chunked\t\r\n"),
        with("Expect: 100-Continue\r\nContent-Length: 5\r\n"),
        with("Connection: keep-alive, TE\r\nTE: trailers\r\n"),
        with("Connection:\r\n"),
        with("Authorization: Bearer sk-1\r\n"),
        with("X-Empty:\r\nX-Latin: caf\xe9\r\nX-Tab: a\tb\r\n"),
        with("Cookie: a=b\r\nCookie: c=d\r\n"),
    };
    for (const auto& head : heads) EXPECT_EQ(verdict(head), "") << head;
}

TEST(HeadGuard, refuses_what_hops_may_read_differently)
{
    const struct {
        std::string head;
        std::string_view verdict;
    } cases[] = {
        // transfer encodings
        {with("Transfer-Encoding: xchunked\r\n"), "400 bad_framing"},
        {with("Transfer-Encoding: chunked, identity\r\n"), "400 bad_framing"},
        {with("Transfer-Encoding: identity, chunked\r\n"), "400 bad_framing"},
        {with("Transfer-Encoding: chunked, chunked\r\n"), "400 bad_framing"},
        {with("Transfer-Encoding: gzip\r\n"), "400 bad_framing"},
        {with("Transfer-Encoding:\r\n"), "400 bad_framing"},
        {with("Transfer-Encoding: \"chunked\"\r\n"), "400 bad_framing"},
        {with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), "400 bad_framing"},
        {with("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n"), "400 bad_framing"},
        {with("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n"), "400 bad_framing"},
        {"POST / HTTP/1.0\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n", "400 bad_framing"},
        {with("Transfer-Encoding : chunked\r\n"), "400 bad_header"},
        {with("Transfer-Encoding\t: chunked\r\n"), "400 bad_header"},
        // lengths
        {with("Content-Length: 3\r\nContent-Length: 4\r\n"), "400 bad_framing"},
        {with("Content-Length: 3\r\nContent-Length: 3\r\n"), "400 bad_framing"},
        {with("Content-Length: 3, 3\r\n"), "400 bad_framing"},
        {with("Content-Length: +3\r\n"), "400 bad_framing"},
        {with("Content-Length: -3\r\n"), "400 bad_framing"},
        {with("Content-Length: 0x3\r\n"), "400 bad_framing"},
        {with("Content-Length: 3a\r\n"), "400 bad_framing"},
        {with("Content-Length: 3 4\r\n"), "400 bad_framing"},
        {with("Content-Length:\r\n"), "400 bad_framing"},
        {with("Content-Length: 9999999999999999999\r\n"), "413 body_too_large"},
        // lines
        {with("X: a\r\n b\r\n"), "400 bad_framing"},
        {with("X: a\r\n\tb\r\n"), "400 bad_framing"},
        {"GET / HTTP/1.1\r\n Host: t\r\n\r\n", "400 bad_framing"},
        {"GET / HTTP/1.1\nHost: t\n\n", "400 bad_framing"},
        {"GET / HTTP/1.1\r\nHost: t\nX: a\r\n\r\n", "400 bad_framing"},
        {"GET / HTTP/1.1\r\nHost: t\r\n\n", "400 bad_framing"},
        {"GET / HTTP/1.1\r\nHost: t\r\n\r\nX", "400 bad_framing"},
        {"GET / HTTP/1.1\r\nHost: t\r\n", "400 bad_framing"},
        {"", "400 bad_framing"},
        {with("X: a\rb\r\n"), "400 bad_header"},
        {with("X: a\r\r\n"), "400 bad_header"},
        {with("X: a\0b\r\n"sv), "400 bad_header"},
        {with("X: a\x7f\r\n"), "400 bad_header"},
        {with("X\0: a\r\n"sv), "400 bad_header"},
        {with("no colon\r\n"), "400 bad_header"},
        {with(": no name\r\n"), "400 bad_header"},
        {with("b\xc3\xa4: a\r\n"), "400 bad_header"},
        {with("Connection: close; now\r\n"), "400 bad_header"},
        {with("Proxy-Connection: a b\r\n"), "400 bad_header"},
        // who is asked, and by whom
        {"GET / HTTP/1.1\r\n\r\n", "400 bad_host"},
        {"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", "400 bad_host"},
        {"GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", "400 bad_host"},
        {"GET / HTTP/1.1\r\nHost:\r\n\r\n", "400 bad_host"},
        {"GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", "400 bad_host"},
        {"GET / HTTP/1.1\r\nHost: user@a\r\n\r\n", "400 bad_host"},
        {"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", "400 bad_host"},
        {with("Authorization: Bearer a\r\nauthorization: Bearer a\r\n"), "400 bad_header"},
        // the request line
        {"\r\n\r\n", "400 bad_request_line"},
        {"GET\r\nHost: t\r\n\r\n", "400 bad_request_line"},
        {"GET /\r\nHost: t\r\n\r\n", "400 bad_request_line"},
        {"GET  / HTTP/1.1\r\nHost: t\r\n\r\n", "400 bad_request_line"},
        {"GET /  HTTP/1.1\r\nHost: t\r\n\r\n", "400 bad_request_line"},
        {"GET / HTTP/1.1 \r\nHost: t\r\n\r\n", "400 bad_request_line"},
        {" GET / HTTP/1.1\r\nHost: t\r\n\r\n", "400 bad_request_line"},
        {"G(T / HTTP/1.1\r\nHost: t\r\n\r\n", "400 bad_request_line"},
        {"GET http://t/ HTTP/1.1\r\nHost: t\r\n\r\n", "400 bad_request_line"},
        {"CONNECT t:443 HTTP/1.1\r\nHost: t\r\n\r\n", "400 bad_request_line"},
        {"OPTIONS * HTTP/1.1\r\nHost: t\r\n\r\n", "400 bad_request_line"},
        {"GET /a\tb HTTP/1.1\r\nHost: t\r\n\r\n", "400 bad_request_line"},
        {"GET /a\0b HTTP/1.1\r\nHost: t\r\n\r\n"s, "400 bad_request_line"},
        {"GET /a\rb HTTP/1.1\r\nHost: t\r\n\r\n", "400 bad_request_line"},
        {"GET /\x7f HTTP/1.1\r\nHost: t\r\n\r\n", "400 bad_request_line"},
        {"GET /\xc3\xbc HTTP/1.1\r\nHost: t\r\n\r\n", "400 bad_request_line"},
        {"GET / http/1.1\r\nHost: t\r\n\r\n", "400 bad_request_line"},
        {"GET / HTTP/1.1x\r\nHost: t\r\n\r\n", "400 bad_request_line"},
        {"GET / HTTP/1.2\r\nHost: t\r\n\r\n", "505 bad_version"},
        {"GET / HTTP/0.9\r\nHost: t\r\n\r\n", "505 bad_version"},
        {"PRI / HTTP/2.0\r\n\r\n", "505 bad_version"},
        // expectations
        {with("Expect: 200-ok\r\n"), "417 bad_expectation"},
        {with("Expect: 100-continue, x\r\n"), "417 bad_expectation"},
    };
    for (const auto& [head, expected] : cases) EXPECT_EQ(verdict(head), expected) << head;
}

TEST(HeadGuard, takes_a_head_apart)
{
    RequestHead head;
    const auto text =
        with("X-A: \t a b\t \r\nContent-Length: 18\r\nExpect: 100-continue\r\nx-a:\r\n");
    ASSERT_TRUE(check_head(text, head));
    EXPECT_EQ(head.method, "POST");
    EXPECT_EQ(head.target, "/");
    EXPECT_EQ(head.length, 18);
    EXPECT_TRUE(head.expects_continue);
    EXPECT_FALSE(head.chunked || head.http10 || head.close);
    std::string fields;
    for (const auto& [name, value] : head.fields) fields += concat("[", name, "=", value, "]");
    EXPECT_EQ(fields, "[Host=t][X-A=a b][Content-Length=18][Expect=100-continue][x-a=]");

    const auto next = with("Transfer-Encoding: chunked\r\nConnection: TE , Close\r\n");
    ASSERT_TRUE(check_head(next, head));  // nothing is left of the one before
    EXPECT_TRUE(head.chunked && head.close);
    EXPECT_FALSE(head.length || head.expects_continue);
    EXPECT_EQ(head.fields.size(), 3);

    ASSERT_TRUE(check_head("GET / HTTP/1.0\r\nExpect: 100-continue\r\n\r\n", head));
    EXPECT_TRUE(head.http10 && head.close);
    EXPECT_FALSE(head.expects_continue);
    ASSERT_FALSE(check_head("GET / HTTP/1.1\r\nX: a\r\n\r\n", head));
    EXPECT_TRUE(head.fields.empty());
}

TEST(HeadGuard, limits_are_met_exactly)
{
    std::string fields;
    for (int i = 1; i < max_field_count; ++i) fields += "X: a\r\n";  // and Host
    EXPECT_EQ(verdict(with(fields)), "");
    EXPECT_EQ(verdict(with(fields + "X: a\r\n")), "400 too_many_fields");

    const auto target = [](std::size_t size) {
        return "GET /" + std::string(size - 1, 'a') + " HTTP/1.1\r\nHost: t\r\n\r\n";
    };
    EXPECT_EQ(verdict(target(max_target_size)), "");
    EXPECT_EQ(verdict(target(max_target_size + 1)), "414 target_too_long");

    const auto padding = max_head_size - with("X: \r\n").size();
    EXPECT_EQ(verdict(with("X: " + std::string(padding, 'a') + "\r\n")), "");
    EXPECT_EQ(verdict(with("X: " + std::string(padding + 1, 'a') + "\r\n")), "431 head_too_large");
}

TEST(HeadGuard, an_endless_head_is_blamed_on_the_line_that_does_not_end)
{
    EXPECT_EQ(refuse_endless_head("GET /aaaa").status, 414);
    EXPECT_EQ(refuse_endless_head("GET / HTTP/1.1\r\nX: aaaa").status, 431);
}

TEST(HeadGuard, the_end_of_a_head_is_found_however_it_comes)
{
    const std::string_view heads[] = {"a\r\nb\r\n\r\n", "a\nb\n\n", "a\nb\n\r\n", "\r\n\r\n"};
    for (const auto head : heads) {
        const auto more = std::string(head) + "next\r\n\r\n";
        EXPECT_EQ(find_head_end(more, 0), head.size()) << head;
        // Byte by byte, resumed as a reader does.
        std::size_t from = 0;
        for (std::size_t size = 1; size <= head.size(); ++size) {
            const auto end = find_head_end(more.substr(0, size), from);
            EXPECT_EQ(end, size == head.size() ? size : std::string::npos) << head << size;
            from = size < 2 ? 0 : size - 2;
        }
    }
}

}  // namespace
}  // namespace sluice
