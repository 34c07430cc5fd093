#include "upstream/response_parser.hpp"

#include "core/error.hpp"
#include "upstream/read_buffer.hpp"

#include <gtest/gtest.h>

#include <string>

namespace sluice {
namespace {

using HttpError = boost::beast::http::error;

/// What becomes of a response: its status and fields, and what follows the head.
std::string told(std::string_view bytes)
{
    ResponseHead head;
    ResponseParser parser(head);
    parser.begin(false);
    boost::system::error_code error;
    const auto taken = parser.put(bytes, error);
    if (error) return error.message();
    std::string out = std::to_string(head.status);
    for (const auto& [name, value] : head.fields.copied()) out += concat(" ", name, "=", value);
    if (parser.is_done()) out += " done";
    if (const auto left = parser.left()) out += concat(" ", std::to_string(*left), " bytes");
    const bool keeps = parser.keeps_alive();
    if (parser.put_eof()) out += " until close";
    return concat(out, keeps ? " kept" : "", " | ", bytes.substr(taken));
}

std::string with(std::string_view fields, std::string_view version = "1.1")
{
    return concat("HTTP/", version, " 200 OK\r\n", fields, "\r\n");
}

TEST(ResponseParser, says_what_follows_a_head)
{
    const struct {
        std::string bytes, told;
    } cases[] = {
        {with("A: b\r\nContent-Length: 5\r\n") + "hello",
         "200 A=b Content-Length=5 5 bytes kept | hello"},
        {with("Content-Length: 0\r\n"), "200 Content-Length=0 done kept | "},
        {with("Content-Length: 5,5\r\n"), "200 Content-Length=5,5 5 bytes kept | "},
        {with(""), "200 until close | "},
        {with("Connection: x, close\r\nContent-Length: 1\r\n"),
         "200 Connection=x, close Content-Length=1 1 bytes | "},
        {with("Content-Length: 1\r\n", "1.0"), "200 Content-Length=1 1 bytes | "},
        {with("Connection: Keep-Alive\r\nContent-Length: 1\r\n", "1.0"),
         "200 Connection=Keep-Alive Content-Length=1 1 bytes kept | "},
        {with("Transfer-Encoding: gzip\r\n"), "200 Transfer-Encoding=gzip until close | "},
        {with("Transfer-Encoding: chunked, gzip\r\n"),
         "200 Transfer-Encoding=chunked, gzip until close | "},
        {with("Transfer-Encoding: gzip, Chunked\r\n") + "0",
         "200 Transfer-Encoding=gzip, Chunked kept | 0"},
        {"HTTP/1.1 204 \r\nContent-Length: 5\r\n\r\n", "204 Content-Length=5 done kept | "},
        {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n", "100 done kept | HTTP/1.1 200 OK\r\n"},
        {with("A:\r\n b\r\n\t \r\n\tc\r\nContent-Length:\r\n 5\r\n") + " x",
         "200 A=b c Content-Length=5 5 bytes kept |  x"},
    };
    for (const auto& [bytes, expected] : cases) EXPECT_EQ(told(bytes), expected) << bytes;
}

TEST(ResponseParser, says_what_is_wrong_with_a_head)
{
    const auto text = [](HttpError error) { return make_error_code(error).message(); };
    const struct {
        std::string bytes;
        HttpError error;
    } cases[] = {
        {"SSH-2.0-OpenSSH_9.2\r\n", HttpError::bad_version},
        {"HTTP/2.0 200 OK\r\n\r\n", HttpError::bad_version},
        {"HTTP/1.1  200 OK\r\n\r\n", HttpError::bad_status},
        {"HTTP/1.1 2x0 OK\r\n\r\n", HttpError::bad_status},
        {"HTTP/1.1 200\r\n\r\n", HttpError::bad_status},
        {"HTTP/1.1 200 O\x01K\r\n\r\n", HttpError::bad_reason},
        {"HTTP/1.1 200 OK\n\n", HttpError::bad_reason},
        {"HTTP/1.1 200 OK\rX\n\n", HttpError::bad_line_ending},
        {with("no colon\r\n"), HttpError::bad_field},
        {with(" A: b\r\n"), HttpError::bad_field},
        {with("A: b\n"), HttpError::bad_value},
        {with("A: b\r\n\rC: d\r\n"), HttpError::bad_line_ending},
        {with("A: b\r\n c\rd\r\n"), HttpError::bad_line_ending},
        {"HTTP/1.1 200 OK\r\nA: b\r\n c\n\n", HttpError::bad_line_ending},
        {with("Connection: a b\r\n"), HttpError::bad_value},
        {with("Content-Length: 1\r\nContent-Length: 2\r\n"), HttpError::multiple_content_length},
        {with("Content-Length: 1, 2\r\n"), HttpError::multiple_content_length},
        {with("Content-Length: 1,\r\n"), HttpError::bad_content_length},
        {with("Content-Length: -1\r\n"), HttpError::bad_content_length},
        {with("Content-Length: 99999999999999999999\r\n"), HttpError::bad_content_length},
        {with("Transfer-Encoding: chunked\r\nContent-Length: 1\r\n"), HttpError::bad_content_length
        },
        {with("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n"),
         HttpError::bad_transfer_encoding},
        {with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"),
         HttpError::bad_transfer_encoding},
        {"HTTP/1.1 200 OK\r\nA: b\r\n", HttpError::need_more},
        {"HTTP/1.1 200 OK\r\nA: b\r\n c\r\n", HttpError::need_more},
        {concat("HTTP/1.1 200 OK\r\nA: ", std::string(ReadBuffer::largest, 'a')),
         HttpError::header_limit},
    };
    for (const auto& [bytes, error] : cases)
        EXPECT_EQ(told(bytes), text(error)) << bytes.substr(0, 60);
}

}  // namespace
}  // namespace sluice
