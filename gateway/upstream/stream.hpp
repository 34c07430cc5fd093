#pragma once

#include "core/deadline_timer.hpp"
#include "core/deployment.hpp"
#include "core/error.hpp"
#include "core/socket.hpp"
#include "core/task.hpp"
#include "core/time.hpp"
#include "upstream/read_buffer.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <string>

namespace sluice {

class TlsClient;

/// Bytes to and from one provider: a socket, TLS over it where the origin wants that, and a
/// deadline. It knows no HTTP. The tasks expect what exchange.hpp says about cancellation.
class Stream {
public:
    using Buffers = std::array<asio::const_buffer, 3>;
    using ErrorCode = boost::system::error_code;

    /// Which error means what, in one phase of an exchange.
    struct Phase {
        ErrorKind overdue;
        ErrorKind broken;
        std::string_view name;
    };

    /// A deadline for as long as it is in scope. Past it the stream is closed, or, where it is
    /// resumable, only what waits for bytes ends.
    class Armed {
    public:
        Armed(Stream& stream, TimePoint deadline, bool resumable = false);
        ~Armed();
        Armed(const Armed&) = delete;
        Armed& operator=(const Armed&) = delete;
        void move(TimePoint deadline);

    private:
        Stream& stream_;
    };

    Stream(const Origin& origin, DeadlineTimer& timer, const Executor& executor);
    ~Stream();
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;

    /// Tries one address after the other, each given its share of the time left.
    Task<Result<void>> connect(
        std::span<const asio::ip::tcp::endpoint> addresses, TimePoint deadline
    );
    Task<Result<void>> shake_hands(TlsClient& client, TimePoint deadline);

    /// True where others should be read before this is written to: await their_turn().
    bool others_first() const { return socket_.poller().crowded(); }
    auto their_turn() { return socket_.poller().all_told(); }

    /// Writes what is taken without waiting, which may be nothing. What TLS has taken may still
    /// have to go out.
    std::size_t write_now(std::span<const asio::const_buffer> buffers, ErrorCode& error);
    /// True where what has been taken is out.
    bool all_out() const;
    /// Writes all of it, unless stop_writing() is called.
    Task<ErrorCode> write(Buffers buffers);
    void stop_writing();
    /// Awaits bytes.
    Task<ErrorCode> receive(ReadBuffer& into);
    /// Reads without waiting; would_block where nothing is there.
    std::size_t read_now(std::span<char> room, ErrorCode& error);
    /// False: nothing is there, as far as the kernel has told.
    bool may_read() const;

    /// Closes, and words the failure: a deadline's, a cancellation's or the peer's.
    std::unexpected<Error> give_up(const Phase& phase, ErrorCode error);
    /// The same where it is the peer's for certain.
    std::unexpected<Error> break_off(const Phase& phase, ErrorCode error);
    /// True where the deadline ended the wait that this error comes from, and the stream lives on.
    bool waited_out(ErrorCode error) const;
    std::unexpected<Error> too_slow(const Phase& phase) const;
    bool overdue() const { return overdue_; }

    void close();
    bool is_open() const { return socket_.is_open(); }

private:
    struct Tls;

    const Origin origin_;
    Socket socket_;
    std::unique_ptr<Tls> tls_;
    Watch watch_;
    bool overdue_ = false;
    bool resumable_ = false;
    bool stopped_writing_ = false;

    void expire();
};

}  // namespace sluice
