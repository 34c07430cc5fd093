#pragma once

#include "core/deadline_timer.hpp"
#include "core/deployment.hpp"
#include "core/error.hpp"
#include "core/http.hpp"
#include "core/http_head.hpp"
#include "core/task.hpp"
#include "core/time.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace sluice {

class TlsClient;

/// When the response head has to be there. Where the request's body comes in pieces, that time runs
/// anew with each piece that the peer has to take, but never beyond `last`.
struct SendDeadlines {
    TimePoint response;
    TimePoint last = TimePoint::max();
};

/// One TCP or TLS connection to a provider, speaking HTTP/1.1: one request and its response at a
/// time. Any failure closes it. The tasks expect what exchange.hpp says about cancellation.
class Connection {
public:
    /// Connects to the first address that answers, each given its share of the time left, and
    /// shakes hands where the origin wants TLS. key is the pool's, to file the connection under.
    /// Errors: unreachable, connect_timeout, cancelled.
    static Task<Result<std::unique_ptr<Connection>>> open(
        const Origin& origin,
        std::string_view key,
        std::span<const asio::ip::tcp::endpoint> addresses,
        DeadlineTimer& timer,
        TlsClient& tls,
        TimePoint deadline
    );
    ~Connection();

    /// Sends the request and awaits the response head. Errors: internal (a request that must not be
    /// sent; the connection stays as it was), response_timeout, bad_response, cancelled, and
    /// unreachable, which means that not one byte came back; or the error of a body that is
    /// produced piece by piece. A provider that refuses such a body is heard before its end.
    Task<Result<void>> send(const HttpRequest& request, SendDeadlines deadlines);
    int status() const;
    const FieldLines& headers() const;
    /// How much of the body is to come, as the head promises; nullopt: unknown, or nothing.
    std::optional<std::uint64_t> content_length() const;

    /// The next piece of the body, as Exchange::read.
    Task<Result<std::string_view>> read(TimePoint deadline);
    /// As Exchange::read_here.
    Result<std::string_view> read_here();
    /// True where the response has been read to its end.
    bool is_read() const;

    void close();

    /// Makes the connection ready for another request, if the response has been read to its end or
    /// the rest of it is already here. False: of no further use.
    bool recycle();
    /// False: the peer has closed an idle connection, or sent what nobody asked for. told: the
    /// poller has said all there is to know; else the connection is looked at.
    bool is_alive(bool told);
    const std::string& key() const;

private:
    struct State;
    explicit Connection(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace sluice
