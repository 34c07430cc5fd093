#pragma once

#include "core/deadline_timer.hpp"
#include "core/error.hpp"
#include "core/socket.hpp"
#include "core/task.hpp"
#include "core/time.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <cstddef>
#include <functional>
#include <span>
#include <string>

namespace sluice {

using TcpSocket = asio::basic_stream_socket<asio::ip::tcp, Executor>;

/// The socket of one client. Reading is two steps, await input() and take it by receive(), so that
/// an idle connection pins no buffer.
class ClientSocket {
public:
    /// on_input runs when bytes, or the end, have come and nobody awaits them.
    ClientSocket(
        TcpSocket socket,
        DeadlineTimer& timer,
        milliseconds write_timeout,
        std::move_only_function<void()> on_input
    );

    /// Appends what has come, at most `room` bytes, without waiting; returns how many.
    std::size_t receive(std::string& into, std::size_t room);
    /// False: receive() would find nothing, as far as is known.
    bool has_input() const { return gone_ || socket_.may_read(); }
    /// True once the client sends no more; what it sent before may not have been received.
    bool ended() const { return gone_ || socket_.ended(); }
    /// Awaits bytes or the end. False: the deadline passed or wake() was called.
    auto input(TimePoint deadline)
    {
        begin_input(deadline);
        return socket_.readable() | asio::deferred([this](bool) {
                   reading_ = false;
                   deadline_.disarm();
                   return asio::deferred.values(!woken_);
               });
    }
    /// Ends a pending input(), soon.
    void wake();

    /// True where others who have sent something should be read before this client is written to:
    /// await their_turn().
    bool others_first() const { return socket_.poller().crowded(); }
    auto their_turn() { return socket_.poller().all_told(); }
    /// Writes what the kernel takes without waiting and drops it from the pieces. True: that was
    /// all, as it almost always is; else write() has to be awaited for the rest.
    bool write_now(std::span<asio::const_buffer>& pieces);
    /// Writes all pieces, which it changes. ErrorKind::cancelled: the client left, took nothing for
    /// the write timeout, or the task was cancelled; in each case the connection is broken off,
    /// since a piece may have gone out in part.
    Task<Result<void>> write(std::span<asio::const_buffer> pieces);
    /// How long writes have waited for the client so far.
    Clock::duration blocked() const { return blocked_; }

    /// True once the client closed or failed, or we did: nothing more is read or written.
    bool gone() const { return gone_; }
    bool is_open() const { return socket_.is_open(); }
    void shutdown_send();
    void close();
    void reset();  ///< closes so that the client sees an error instead of an end

private:
    void begin_input(TimePoint deadline);

    Socket socket_;
    Watch deadline_;  // of input() or write(), which never run at once
    milliseconds write_timeout_;
    Clock::duration blocked_{};
    bool reading_ = false;  // input() is pending
    bool woken_ = false;
    bool gone_ = false;
};

}  // namespace sluice
