#include "server/client_socket.hpp"

#include <boost/asio/error.hpp>

#include <array>
#include <utility>

namespace sluice {
ClientSocket::ClientSocket(
    TcpSocket socket,
    DeadlineTimer& timer,
    milliseconds write_timeout,
    std::move_only_function<void()> on_input
)
    : socket_(socket.get_executor(), std::move(on_input)),
      deadline_(
          timer,
          [this] {
              if (reading_)
                  wake();
              else
                  reset();
          }
      ),
      write_timeout_(write_timeout)
{
    boost::system::error_code error;
    socket.non_blocking(true, error);
    const int descriptor = socket.release(error);
    gone_ = error || socket_.adopt(descriptor);
}

std::size_t ClientSocket::receive(std::string& into, std::size_t room)
{
    if (!has_input() || gone_) return 0;
    std::size_t received = 0;
    boost::system::error_code error;
    // A small read goes by way of memory that all of a worker's clients share, so that none keeps
    // room for a whole one while its answer takes minutes.
    thread_local std::array<char, 4096> shared;
    if (room <= shared.size()) {
        received = socket_.read_some(std::span(shared).first(room), error);
        into.append(shared.data(), received);
    } else {
        const auto had = into.size();
        into.resize_and_overwrite(had + room, [&](char* data, std::size_t) {
            received = socket_.read_some({data + had, room}, error);
            return had + received;
        });
    }
    if (error && error != asio::error::would_block) gone_ = true;
    return received;
}

void ClientSocket::begin_input(TimePoint deadline)
{
    woken_ = false;
    deadline_.arm(deadline);
    reading_ = true;
}

void ClientSocket::wake()
{
    woken_ = true;
    if (reading_) socket_.cancel();
}

bool ClientSocket::write_now(std::span<asio::const_buffer>& pieces)
{
    if (gone_) return false;
    boost::system::error_code error;
    drop_front(pieces, socket_.write_some(pieces, error));
    return pieces.empty();
}

Task<Result<void>> ClientSocket::write(std::span<asio::const_buffer> pieces)
{
    boost::system::error_code error;
    while (!gone_) {
        drop_front(pieces, socket_.write_some(pieces, error));
        if (pieces.empty()) co_return Result<void>{};
        if (error && error != asio::error::would_block) break;
        const auto since = Clock::now();
        deadline_.arm(after(since, write_timeout_));
        const bool writable = co_await socket_.writable();
        deadline_.disarm();
        blocked_ += Clock::now() - since;
        if (!writable) break;
    }
    reset();
    co_return fail(ErrorKind::cancelled, "the client is gone");
}

void ClientSocket::shutdown_send()
{
    socket_.shutdown_send();
}

void ClientSocket::close()
{
    gone_ = true;
    socket_.close();
}

void ClientSocket::reset()
{
    gone_ = true;
    socket_.reset();
}

}  // namespace sluice
