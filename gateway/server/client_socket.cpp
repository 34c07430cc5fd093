#include "server/client_socket.hpp"

#include <boost/asio/error.hpp>

#include <array>
#include <tuple>
#include <utility>

namespace sluice {
namespace {

bool would_block(const boost::system::error_code& error)
{
    return error == asio::error::would_block || error == asio::error::try_again;
}

/// Drops the first `count` bytes of the pieces.
void consume(std::span<asio::const_buffer>& pieces, std::size_t count)
{
    while (!pieces.empty() && count >= pieces.front().size()) {
        count -= pieces.front().size();
        pieces = pieces.subspan(1);
    }
    if (!pieces.empty()) pieces.front() += count;
}

}  // namespace

/// The handler of the pending wait. Where the io_context ends without having run it, the coroutine
/// that waits for it ends too: it belongs to nobody else.
struct ClientSocket::OnReadable {
    std::shared_ptr<void> owner;
    ClientSocket* socket;

    OnReadable(std::shared_ptr<void> kept, ClientSocket* self)
        : owner(std::move(kept)), socket(self)
    {
    }
    OnReadable(OnReadable&&) = default;
    OnReadable& operator=(OnReadable&&) = delete;
    ~OnReadable()
    {
        if (owner) std::exchange(socket->waiter_, nullptr);
    }

    void operator()(boost::system::error_code)
    {
        const auto kept = std::move(owner);
        socket->watching_ = false;
        if (socket->waiter_)
            socket->resume();
        else
            socket->on_input_();
    }
};

ClientSocket::ClientSocket(
    TcpSocket socket,
    DeadlineTimer& timer,
    milliseconds write_timeout,
    std::move_only_function<void()> on_input
)
    : socket_(std::move(socket)),
      on_input_(std::move(on_input)),
      deadline_(
          timer,
          [this] {
              if (waiter_)
                  wake();
              else
                  reset();
          }
      ),
      write_timeout_(write_timeout)
{
    boost::system::error_code
        ignored;  // a client that has left already is noticed by the first read
    socket_.non_blocking(true, ignored);
    socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
}

std::size_t ClientSocket::receive(std::string& into, std::size_t room)
{
    if (gone_) return 0;
    std::size_t received = 0;
    boost::system::error_code error;
    // A small read goes by way of memory that all of a worker's clients share, so that none keeps
    // room for a whole one while its answer takes minutes.
    thread_local std::array<char, 4096> shared;
    if (room <= shared.size()) {
        received = socket_.read_some(asio::buffer(shared.data(), room), error);
        into.append(shared.data(), received);
    } else {
        const auto had = into.size();
        into.resize_and_overwrite(had + room, [&](char* data, std::size_t) {
            received = socket_.read_some(asio::buffer(data + had, room), error);
            return had + received;
        });
    }
    if (error && !would_block(error)) gone_ = true;
    return received;
}

void ClientSocket::watch(std::shared_ptr<void> owner)
{
    if (watching_ || !socket_.is_open()) return;
    watching_ = true;
    socket_.async_wait(TcpSocket::wait_read, OnReadable(std::move(owner), this));
}

Task<bool> ClientSocket::input(std::shared_ptr<void> owner, TimePoint deadline)
{
    if (gone_) co_return true;
    watch(std::move(owner));
    deadline_.arm(deadline);
    woken_ = false;
    co_await suspend();
    deadline_.disarm();
    co_return !woken_;
}

void ClientSocket::wake()
{
    woken_ = true;
    resume();
}

Task<void> ClientSocket::suspend()
{
    asio::use_awaitable_t<Executor> token;
    return asio::async_initiate<asio::use_awaitable_t<Executor>, void()>(
        [this](auto handler) { waiter_ = std::move(handler); }, token
    );
}

void ClientSocket::resume()
{
    if (auto waiter = std::exchange(waiter_, nullptr)) waiter();
}

bool ClientSocket::write_now(std::span<asio::const_buffer>& pieces)
{
    if (gone_) return false;
    boost::system::error_code error;
    consume(pieces, socket_.write_some(pieces, error));
    return pieces.empty();
}

Task<Result<void>> ClientSocket::write(std::span<asio::const_buffer> pieces)
{
    boost::system::error_code error;
    while (!gone_ && (!error || would_block(error))) {
        const auto since = Clock::now();
        deadline_.arm(after(since, write_timeout_));
        std::size_t written = 0;
        std::tie(error, written) = co_await socket_.async_write_some(pieces, no_throw);
        deadline_.disarm();
        blocked_ += Clock::now() - since;
        consume(pieces, written);
        if (pieces.empty()) co_return Result<void>{};
    }
    reset();
    co_return fail(ErrorKind::cancelled, "the client is gone");
}

void ClientSocket::shutdown_send()
{
    boost::system::error_code ignored;
    socket_.shutdown(TcpSocket::shutdown_send, ignored);
}

void ClientSocket::close()
{
    gone_ = true;
    boost::system::error_code ignored;
    socket_.close(ignored);
}

void ClientSocket::reset()
{
    boost::system::error_code ignored;
    socket_.set_option(TcpSocket::linger(true, 0), ignored);
    close();
}

}  // namespace sluice
