#pragma once

#include "core/http.hpp"
#include "core/time.hpp"
#include "support/recorder.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <optional>
#include <poll.h>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

namespace sluice::test {

/// A piece of a body as it came: one chunk, or what one read brought.
struct Piece {
    std::string bytes;
    TimePoint at;
};

struct RawResponse {
    int status = 0;  ///< 0: the connection ended before a head
    Headers headers;
    std::string body;
    std::vector<Piece> pieces;  ///< of the body
    bool complete = false;      ///< the body came to its regular end

    std::string_view header(std::string_view name) const { return find_header(headers, name); }
};

/// A small blocking HTTP client for loopback that does exactly what it is told, right or wrong.
///
///     RawClient client(port);
///     const auto response = client.send("GET /x HTTP/1.1\r\nHost: t\r\n\r\n").read_response();
///
///     auto stream = client.send(request).read_head();
///     while (auto piece = client.read_piece(stream)) ...      // stream.complete tells how it
///     ended
class RawClient {
public:
    explicit RawClient(std::uint16_t port, int receive_buffer = 0)
        : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))
    {
        if (receive_buffer > 0)
            setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
        const int on = 1;
        setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (fd_ < 0 || connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
            throw std::system_error(errno, std::system_category(), "connect");
    }
    RawClient(RawClient&& other) noexcept
        : fd_(std::exchange(other.fd_, -1)),
          buffer_(std::move(other.buffer_)),
          recorder_(std::move(other.recorder_))
    {
    }
    RawClient& operator=(RawClient&&) = delete;
    ~RawClient() { close(); }

    /// How long a read waits before it throws.
    RawClient& patience(milliseconds limit)
    {
        patience_ = limit;
        return *this;
    }

    /// Sends all of it; a server that has closed ends it silently, as the answer tells more.
    RawClient& send(std::string_view bytes)
    {
        recorder_.sent(bytes);
        while (!bytes.empty()) {
            const auto sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) {
                reset_ = true;
                break;
            }
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
        return *this;
    }
    /// Sends in pieces of `size` bytes with a pause after each.
    RawClient& drip(std::string_view bytes, std::chrono::microseconds pause, std::size_t size = 1)
    {
        for (; !bytes.empty(); bytes.remove_prefix(std::min(size, bytes.size()))) {
            send(bytes.substr(0, size));
            std::this_thread::sleep_for(pause);
        }
        return *this;
    }
    void half_close() { shutdown(fd_, SHUT_WR); }
    void close()
    {
        if (fd_ >= 0) ::close(std::exchange(fd_, -1));
    }
    /// Closes with a reset.
    void reset()
    {
        const linger hard{1, 0};
        setsockopt(fd_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
        close();
    }

    /// A whole response; `method` HEAD: without a body.
    RawResponse read_response(std::string_view method = "GET")
    {
        auto response = read_head();
        if (method == "HEAD" && !response.complete && response.status != 0) finish(response);
        while (!response.complete && read_piece(response)) {
        }
        return response;
    }
    /// The head of a response, interim ones included. status 0: the connection ended.
    RawResponse read_head()
    {
        RawResponse response;
        std::size_t end;
        while ((end = buffer_.find("\r\n\r\n")) == std::string::npos)
            if (!receive()) return response;
        parse_head(std::string_view(buffer_).substr(0, end + 2), response);
        buffer_.erase(0, end + 4);
        const auto length = response.header("content-length");
        if (length == "0" || response.status < 200 || response.status == 204 ||
            response.status == 304)
            finish(response);
        return response;
    }
    /// The next piece of the body, added to the response; nullopt: there is none.
    std::optional<Piece> read_piece(RawResponse& response)
    {
        if (response.complete || response.status == 0) return std::nullopt;
        auto piece = read_more(response);
        if (response.complete) finish(response);
        return piece;
    }
    /// Everything up to the end of the connection.
    std::string read_rest()
    {
        while (receive()) {
        }
        return std::exchange(buffer_, {});
    }
    /// True where the server ends the connection within our patience and sends nothing before.
    bool closed_by_server() { return buffer_.empty() && !receive(); }
    /// True where the connection broke, as far as sending or reading noticed.
    bool was_reset() const { return reset_; }
    /// True where something (or the end) can be read within the limit.
    bool readable(milliseconds limit) const
    {
        pollfd wait{fd_, POLLIN, 0};
        return !buffer_.empty() || poll(&wait, 1, static_cast<int>(limit.count())) > 0;
    }

private:
    int fd_;
    std::string buffer_;
    milliseconds patience_{5000};
    bool reset_ = false;
    Recorder recorder_;

    void finish(RawResponse& response)
    {
        response.complete = true;
        recorder_.answered(response.status, response.headers, response.body);
    }
    std::optional<Piece> read_more(RawResponse& response)
    {
        if (iequals(response.header("transfer-encoding"), "chunked")) return read_chunk(response);
        const auto length = response.header("content-length");
        if (buffer_.empty() && !receive()) {
            response.complete = length.empty();  // until close
            return std::nullopt;
        }
        auto size = buffer_.size();
        if (!length.empty()) size = std::min(size, number(length, 10) - response.body.size());
        auto piece = take(size, response);
        response.complete = !length.empty() && response.body.size() == number(length, 10);
        return piece;
    }
    bool receive()
    {
        if (pollfd wait{fd_, POLLIN, 0}; poll(&wait, 1, static_cast<int>(patience_.count())) <= 0)
            throw std::runtime_error("the server sent nothing in time");
        std::array<char, 16384> bytes;
        const auto got = recv(fd_, bytes.data(), bytes.size(), 0);
        if (got < 0) reset_ = true;
        if (got <= 0) return false;
        buffer_.append(bytes.data(), static_cast<std::size_t>(got));
        return true;
    }
    static std::size_t number(std::string_view text, int base)
    {
        std::size_t value = 0;
        std::from_chars(text.data(), text.data() + text.size(), value, base);
        return value;
    }
    static void parse_head(std::string_view head, RawResponse& response)
    {
        auto line = head.substr(0, head.find("\r\n"));
        response.status =
            static_cast<int>(number(line.substr(std::min<std::size_t>(9, line.size())), 10));
        while (true) {
            head.remove_prefix(line.size() + 2);
            line = head.substr(0, head.find("\r\n"));
            const auto colon = line.find(": ");
            if (colon == std::string_view::npos) return;
            response.headers.push_back(
                {std::string(line.substr(0, colon)), std::string(line.substr(colon + 2))}
            );
        }
    }
    Piece take(std::size_t size, RawResponse& response)
    {
        Piece piece{buffer_.substr(0, size), Clock::now()};
        buffer_.erase(0, size);
        response.body += piece.bytes;
        response.pieces.push_back(piece);
        return piece;
    }
    std::optional<Piece> read_chunk(RawResponse& response)
    {
        std::size_t line;
        while ((line = buffer_.find("\r\n")) == std::string::npos)
            if (!receive()) return std::nullopt;
        const auto size = number(std::string_view(buffer_).substr(0, line), 16);
        while (buffer_.size() < line + 2 + size + 2)
            if (!receive()) return std::nullopt;
        buffer_.erase(0, line + 2);
        if (size == 0) {
            buffer_.erase(0, 2);
            response.complete = true;
            return std::nullopt;
        }
        auto piece = take(size, response);
        buffer_.erase(0, 2);
        return piece;
    }
};

}  // namespace sluice::test
