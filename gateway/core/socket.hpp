#pragma once

#include "core/poller.hpp"
#include "core/task.hpp"

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <utility>

namespace sluice {

/// A connected TCP socket that never blocks: operations do what can be done at once, and where that
/// is nothing, one awaits readable() or writable() and tries again. Used from its context's thread
/// only, which outlives it.
class Socket : public SocketHook {
    /// Resumes who awaits a change, with false where none came.
    using Waiter = std::move_only_function<void(bool changed)>;
    /// Begins a wait for a change, which may have come already.
    struct Wait {
        Socket& socket;
        Waiter& waiter;
        bool changed;
        void operator()(auto handler) const
        {
            auto slot = asio::get_associated_cancellation_slot(handler);
            socket.wait(*this, slot, std::move(handler));
        }
    };
    static auto initiate(const Wait& wait)
    {
        return asio::async_initiate<const asio::deferred_t, void(bool)>(wait, asio::deferred);
    }

public:
    using ErrorCode = boost::system::error_code;
    static constexpr std::size_t most_pieces = 8;  ///< of one write

    /// on_input runs whenever there may be something to read and nobody awaits it. It must not
    /// destroy the socket.
    explicit Socket(const Executor& executor, std::move_only_function<void()> on_input = nullptr);
    ~Socket() { close(); }
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;

    /// Takes a non-blocking socket over. An error: it is closed.
    ErrorCode adopt(int descriptor);
    /// Connects, with keep-alive probes. operation_aborted: closed or cancelled meanwhile.
    Task<ErrorCode> connect(const asio::ip::tcp::endpoint& address);

    /// Bytes that are there, at least one; would_block where there are none; eof.
    std::size_t read_some(std::span<char> room, ErrorCode& error);
    /// How much the kernel takes; would_block where that is nothing.
    std::size_t write_some(std::span<const asio::const_buffer> pieces, ErrorCode& error);

    /// False: a read would find nothing, as far as the kernel has told.
    bool may_read() const { return may_read_ || ended_; }
    /// True once the peer sends no more; what it sent before may be unread.
    bool ended() const { return ended_; }
    /// Awaits something to read, or an end. False: cancel(), close() or the cancellation of the
    /// awaiting task ended it. One task at a time; so with writable(). A deferred operation, which
    /// is awaited without a coroutine of its own.
    auto readable() { return initiate({*this, reader_, may_read()}); }
    auto writable() { return initiate({*this, writer_, may_write_}); }
    /// Ends what is awaited; not before its caller is done, so that it may be called from anywhere.
    void cancel();

    bool is_open() const { return descriptor_ >= 0; }
    int native_handle() const { return descriptor_; }
    /// From now on what is read is acknowledged to the peer when more is awaited, after what was
    /// done with it, or with what is sent before that, and not within the read. A peer that holds a
    /// small packet back until the one before it has been acknowledged (Nagle's algorithm) loses
    /// nothing by it: who awaits more has acknowledged.
    void acknowledge_late();

    void shutdown_send();
    void close();
    /// Closes so that the peer sees an error instead of an end.
    void reset();

    Executor get_executor() const { return executor_; }
    Poller& poller() const { return poller_; }

private:
    friend class Poller;

    Executor executor_;
    Poller& poller_;
    std::move_only_function<void()> on_input_;
    int descriptor_ = -1;
    bool may_read_ = false;
    bool may_write_ = false;
    bool ended_ =
        false;  ///< the peer sends no more: a read that empties the buffer is not the last
    bool acknowledges_late_ = false;
    bool unacknowledged_ = false;  ///< something read since the last acknowledgement
    Waiter reader_;
    Waiter writer_;

    void wait(const Wait& wait, asio::cancellation_slot slot, Waiter resume);
    Waiter take(Waiter& waiter);
    void abort(Waiter& waiter);
    void acknowledge();
    void note(std::uint32_t events);
    void tell();
    void forget_waiters();
};

/// Drops the first `count` bytes of the pieces.
void drop_front(std::span<asio::const_buffer>& pieces, std::size_t count);

}  // namespace sluice
