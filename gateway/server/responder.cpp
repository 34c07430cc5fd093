#include "server/responder.hpp"

#include "core/append.hpp"

#include <array>
#include <ctime>
#include <span>
#include <utility>

namespace sluice {
namespace {

std::string_view reason_phrase(int status)
{
    switch (status) {
        case 200: return "OK";
        case 201: return "Created";
        case 202: return "Accepted";
        case 204: return "No Content";
        case 304: return "Not Modified";
        case 400: return "Bad Request";
        case 401: return "Unauthorized";
        case 402: return "Payment Required";
        case 403: return "Forbidden";
        case 404: return "Not Found";
        case 405: return "Method Not Allowed";
        case 408: return "Request Timeout";
        case 409: return "Conflict";
        case 413: return "Content Too Large";
        case 414: return "URI Too Long";
        case 415: return "Unsupported Media Type";
        case 417: return "Expectation Failed";
        case 422: return "Unprocessable Content";
        case 429: return "Too Many Requests";
        case 431: return "Request Header Fields Too Large";
        case 500: return "Internal Server Error";
        case 501: return "Not Implemented";
        case 502: return "Bad Gateway";
        case 503: return "Service Unavailable";
        case 504: return "Gateway Timeout";
        case 505: return "HTTP Version Not Supported";
        default: return "-";  // clients read the number
    }
}

bool has_no_body(int status)
{
    return status < 200 || status == 204 || status == 304;
}

asio::const_buffer piece(std::string_view text)
{
    return asio::buffer(text);
}

}  // namespace

std::string_view HttpDate::line()
{
    const auto now = std::time(nullptr);
    if (now == second_) return line_;
    std::tm utc{};
    gmtime_r(&now, &utc);
    std::array<char, 64> text;
    const auto size =
        std::strftime(text.data(), text.size(), "Date: %a, %d %b %Y %H:%M:%S GMT\r\n", &utc);
    line_.assign(text.data(), size);
    second_ = now;
    return line_;
}

HttpResponder::HttpResponder(
    ClientSocket& client, HttpDate& date, std::string& head, Framing framing, const bool& draining
)
    : client_(client),
      date_(date),
      head_(head),
      framing_(framing),
      draining_(draining),
      blocked_before_(client.blocked())
{
}

Task<Result<void>> HttpResponder::send(
    int status, const HeaderBlock& headers, std::string_view body
)
{
    if (started()) co_return fail(ErrorKind::internal, "a second response to one request");
    body_ = has_no_body(status) ? Body::none : Body::sized;
    write_head(status, headers, body.size());
    stage_ = Stage::finished;
    const bool silent = framing_.head || body_ == Body::none;
    std::array pieces{piece(head_), piece(silent ? std::string_view{} : body)};
    std::span<asio::const_buffer> rest(pieces);
    if (client_.others_first()) co_await client_.their_turn();
    if (client_.write_now(rest)) co_return Result<void>{};
    co_return co_await client_.write(rest);
}

Task<Result<void>> HttpResponder::begin_stream(int status, const HeaderBlock& headers)
{
    if (started()) co_return fail(ErrorKind::internal, "a second response to one request");
    body_ = has_no_body(status) ? Body::none : framing_.http10 ? Body::until_close : Body::chunked;
    write_head(status, headers, 0);
    if (framing_.head) body_ = Body::none;
    stage_ = Stage::streaming;
    const auto head = std::exchange(head_, {});  // a stream, which may be long, needs it no more
    std::array pieces{piece(head)};
    std::span<asio::const_buffer> rest(pieces);
    if (client_.others_first()) co_await client_.their_turn();
    if (client_.write_now(rest)) co_return Result<void>{};
    co_return co_await client_.write(rest);
}

Task<Result<void>> HttpResponder::write(std::string_view bytes)
{
    return write_body(bytes, false);
}

Task<Result<void>> HttpResponder::end_stream(std::string_view last)
{
    return write_body(last, true);
}

/// Writes bytes of a stream, as a chunk where chunks are used.
Task<Result<void>> HttpResponder::write_body(std::string_view bytes, bool last)
{
    if (stage_ != Stage::streaming) co_return fail(ErrorKind::internal, "no stream to write to");
    if (last) stage_ = Stage::finished;
    const bool nothing = bytes.empty() && !last;  // an empty chunk would be the end
    if (body_ == Body::none || nothing) co_return Result<void>{};
    std::array pieces{piece(""), piece(bytes), piece(""), piece("")};
    if (body_ == Body::chunked) {
        if (!bytes.empty()) {
            head_.clear();
            append_all(head_, Digits(bytes.size(), 16), "\r\n");
            pieces[0] = piece(head_);
            pieces[2] = piece("\r\n");
        }
        if (last) pieces[3] = piece("0\r\n\r\n");
    }
    std::span<asio::const_buffer> rest(pieces);
    if (client_.others_first()) co_await client_.their_turn();
    if (client_.write_now(rest)) co_return Result<void>{};
    co_return co_await client_.write(rest);
}

void HttpResponder::write_head(int status, const HeaderBlock& headers, std::size_t size)
{
    const bool unread = framing_.unread_body && *framing_.unread_body;
    framing_.close |= draining_ || unread || body_ == Body::until_close;
    head_.clear();
    append_all(
        head_, "HTTP/1.1 ", status, " ", reason_phrase(status), "\r\n", date_.line(), headers.text()
    );
    if (body_ == Body::sized) append_all(head_, "Content-Length: ", size, "\r\n");
    if (body_ == Body::chunked) head_ += "Transfer-Encoding: chunked\r\n";
    if (framing_.close) head_ += "Connection: close\r\n";
    head_ += "\r\n";
}

}  // namespace sluice
