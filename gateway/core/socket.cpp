#include "core/socket.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <utility>

namespace sluice {
namespace {

Socket::ErrorCode last_error()
{
    return {errno, boost::system::system_category()};
}

bool would_block()
{
    return errno == EAGAIN || errno == EWOULDBLOCK;
}

// The C library's recv() and send() are points at which a thread can be cancelled, which costs two
// atomic operations each where there are several threads. Nobody cancels threads here.

ssize_t receive(int descriptor, std::span<char> room)
{
    return ::syscall(SYS_recvfrom, descriptor, room.data(), room.size(), 0, nullptr, nullptr);
}

ssize_t send(int descriptor, const char* data, std::size_t size)
{
    return ::syscall(SYS_sendto, descriptor, data, size, MSG_NOSIGNAL, nullptr, 0);
}

ssize_t send_pieces(int descriptor, std::span<const asio::const_buffer> pieces)
{
    // A few bytes are copied together: the kernel takes one piece more cheaply than several.
    std::array<char, 2048> gathered;
    if (asio::buffer_size(pieces) <= gathered.size()) {
        const auto size = asio::buffer_copy(asio::buffer(gathered), pieces);
        return size == 0 ? 0 : send(descriptor, gathered.data(), size);
    }
    std::array<iovec, Socket::most_pieces> parts;
    msghdr message{};
    message.msg_iov = parts.data();
    for (const auto& piece : pieces.first(std::min(pieces.size(), parts.size())))
        parts[message.msg_iovlen++] = {const_cast<void*>(piece.data()), piece.size()};
    return ::sendmsg(descriptor, &message, MSG_NOSIGNAL);
}

void set(int descriptor, int level, int option, int value = 1)
{
    setsockopt(descriptor, level, option, &value, sizeof value);
}

}  // namespace

Socket::Socket(const Executor& executor, std::move_only_function<void()> on_input)
    : executor_(executor),
      poller_(asio::use_service<Poller>(executor.context())),
      on_input_(std::move(on_input))
{
}

Socket::ErrorCode Socket::adopt(int descriptor)
{
    close();
    descriptor_ = descriptor;
    set(descriptor, IPPROTO_TCP, TCP_NODELAY);
    if (on_input_) poller_.begin_interest();
    const auto error = poller_.add(*this, descriptor);
    if (error) close();
    return error;
}

Task<Socket::ErrorCode> Socket::connect(const asio::ip::tcp::endpoint& address)
{
    const int descriptor = ::socket(
        address.protocol().family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP
    );
    if (descriptor < 0) co_return last_error();
    set(descriptor, SOL_SOCKET, SO_KEEPALIVE);
    int failure = 0;
    if (::connect(descriptor, address.data(), static_cast<socklen_t>(address.size())) != 0)
        failure = errno;
    if (auto error = adopt(descriptor)) co_return error;
    if (failure == EINPROGRESS) {
        if (!co_await writable()) co_return asio::error::operation_aborted;
        socklen_t size = sizeof failure;
        if (getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &failure, &size) != 0)
            co_return last_error();
    }
    co_return ErrorCode(failure, boost::system::system_category());
}

std::size_t Socket::read_some(std::span<char> room, ErrorCode& error)
{
    error = {};
    ssize_t count = 0;
    do count = receive(descriptor_, room);
    while (count < 0 && errno == EINTR);
    if (count > 0) {
        unacknowledged_ = acknowledges_late_;
        // Less than there was room for: that was all, and more would be told.
        if (std::cmp_less(count, room.size())) may_read_ = false;
        return static_cast<std::size_t>(count);
    }
    if (count == 0) {
        error = asio::error::eof;
    } else if (would_block()) {
        may_read_ = false;
        error = asio::error::would_block;
    } else {
        error = last_error();
    }
    return 0;
}

std::size_t Socket::write_some(std::span<const asio::const_buffer> pieces, ErrorCode& error)
{
    error = {};
    ssize_t count = 0;
    do count = send_pieces(descriptor_, pieces);
    while (count < 0 && errno == EINTR);
    if (count >= 0) {
        if (count > 0) unacknowledged_ = false;  // what is sent tells as well
        return static_cast<std::size_t>(count);
    }
    if (would_block()) {
        may_write_ = false;
        error = asio::error::would_block;
    } else {
        error = last_error();
    }
    return 0;
}

void Socket::cancel()
{
    abort(reader_);
    abort(writer_);
}

void Socket::wait(const Wait& wait, asio::cancellation_slot slot, Waiter resume)
{
    if (wait.changed || !is_open()) {
        asio::post(executor_, [resume = std::move(resume), changed = wait.changed]() mutable {
            resume(changed);
        });
        return;
    }
    if (slot.is_connected())
        slot.assign([this, &waiter = wait.waiter](asio::cancellation_type) { abort(waiter); });
    wait.waiter = std::move(resume);
    if (&wait.waiter == &reader_) acknowledge();
    poller_.begin_interest();
}

Socket::Waiter Socket::take(Waiter& waiter)
{
    if (waiter) poller_.end_interest();
    return std::exchange(waiter, nullptr);
}

void Socket::acknowledge_late()
{
    acknowledges_late_ = true;
    set(descriptor_, IPPROTO_TCP, TCP_QUICKACK, 0);
}

void Socket::acknowledge()
{
    if (!std::exchange(unacknowledged_, false)) return;
    set(descriptor_, IPPROTO_TCP, TCP_QUICKACK, 1);  // at once
    set(descriptor_, IPPROTO_TCP, TCP_QUICKACK, 0);  // and what comes next later again
}

void Socket::abort(Waiter& waiter)
{
    if (!waiter) return;
    asio::post(executor_, [resume = take(waiter)]() mutable { resume(false); });
}

void Socket::note(std::uint32_t events)
{
    constexpr std::uint32_t broken = EPOLLHUP | EPOLLERR;
    ended_ |= (events & (EPOLLRDHUP | broken)) != 0;
    may_read_ |= (events & EPOLLIN) != 0;
    may_write_ |= (events & (EPOLLOUT | broken)) != 0;
}

void Socket::tell()
{
    auto reader = may_read() ? take(reader_) : nullptr;
    auto writer = may_write_ ? take(writer_) : nullptr;
    if (!reader && may_read() && on_input_) on_input_();
    // Each of them may destroy the socket.
    if (writer) writer(true);
    if (reader) reader(true);
}

void Socket::forget_waiters()
{
    take(reader_);
    take(writer_);
}

void Socket::shutdown_send()
{
    ::shutdown(descriptor_, SHUT_WR);
}

void Socket::close()
{
    if (!is_open()) return;
    poller_.remove(*this);
    ::close(std::exchange(descriptor_, -1));
    may_read_ = may_write_ = ended_ = acknowledges_late_ = unacknowledged_ = false;
    cancel();
    if (on_input_) poller_.end_interest();
}

void Socket::reset()
{
    if (!is_open()) return;
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close();
}

void drop_front(std::span<asio::const_buffer>& pieces, std::size_t count)
{
    while (!pieces.empty() && count >= pieces.front().size()) {
        count -= pieces.front().size();
        pieces = pieces.subspan(1);
    }
    if (!pieces.empty()) pieces.front() += count;
}

}  // namespace sluice
