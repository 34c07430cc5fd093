#include "upstream/stream.hpp"

#include "upstream/cancellation.hpp"
#include "upstream/tls.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>

#include <string_view>
#include <utility>

namespace sluice {

namespace {

/// In messages, which callers read: the address is the operator's business.
constexpr std::string_view whose = "the provider";

}  // namespace

struct Stream::Tls {
    Tls(Socket& socket, asio::ssl::context& context) : layer(socket, context) {}
    asio::ssl::stream<Socket&> layer;
};

Stream::Armed::Armed(Stream& stream, TimePoint deadline, bool resumable) : stream_(stream)
{
    stream_.overdue_ = false;
    stream_.resumable_ = resumable;
    stream_.watch_.arm(deadline);
}

Stream::Armed::~Armed()
{
    stream_.watch_.disarm();
}

void Stream::Armed::move(TimePoint deadline)
{
    stream_.watch_.arm(deadline);
}

Stream::Stream(const Origin& origin, DeadlineTimer& timer, const Executor& executor)
    : origin_(origin), socket_(executor), watch_(timer, [this] { expire(); })
{
}

Stream::~Stream()
{
    close();
}

void Stream::expire()
{
    overdue_ = true;
    if (!resumable_) return close();
    ErrorCode ignored;
    socket_.cancel(ignored);  // whatever comes later can still be read
}

Task<Result<void>> Stream::connect(
    std::span<const asio::ip::tcp::endpoint> addresses, TimePoint deadline
)
{
    constexpr Phase phase{ErrorKind::connect_timeout, ErrorKind::unreachable, "connecting"};
    ErrorCode error = asio::error::host_not_found;
    for (std::size_t i = 0; i < addresses.size(); ++i) {
        close();
        overdue_ = false;
        if (must_end(co_await asio::this_coro::cancellation_state))
            co_return give_up(phase, asio::error::operation_aborted);
        const auto now = Clock::now();
        if (now >= deadline) {
            overdue_ = true;
            break;
        }
        const auto left = static_cast<Clock::rep>(addresses.size() - i);
        const auto share = deadline == TimePoint::max() ? deadline : now + (deadline - now) / left;
        const Armed armed(*this, share);
        std::tie(error) = co_await socket_.async_connect(addresses[i], no_throw);
        if (!error && !overdue_) {
            socket_.set_option(asio::ip::tcp::no_delay(true), error);
            socket_.set_option(asio::socket_base::keep_alive(true), error);
            socket_.non_blocking(true, error);  // for read_now; asynchronous operations do not care
            co_return Result<void>{};
        }
        if (error == asio::error::operation_aborted && !overdue_) break;
    }
    co_return give_up(phase, error);
}

Task<Result<void>> Stream::shake_hands(TlsClient& client, TimePoint deadline)
{
    constexpr Phase phase{ErrorKind::connect_timeout, ErrorKind::unreachable, "the TLS handshake"};
    if (must_end(co_await asio::this_coro::cancellation_state))
        co_return give_up(phase, asio::error::operation_aborted);
    tls_ = std::make_unique<Tls>(socket_, client.context());
    auto& layer = tls_->layer;
    if (auto prepared = client.prepare(layer.native_handle(), origin_); !prepared)
        co_return prepared;

    const Armed armed(*this, deadline);
    const auto [error] = co_await layer.async_handshake(asio::ssl::stream_base::client, no_throw);
    if (!error && !overdue_) co_return Result<void>{};
    if (overdue_ || error == asio::error::operation_aborted) co_return give_up(phase, error);
    close();
    co_return fail(
        ErrorKind::unreachable,
        concat(whose, ": TLS failed: ", describe_tls_failure(layer.native_handle(), error))
    );
}

std::optional<std::size_t> Stream::write_now(Buffers buffers, ErrorCode& error)
{
    if (tls_) return std::nullopt;
    const auto written = socket_.write_some(buffers, error);
    if (error == asio::error::would_block || error == asio::error::try_again) error = {};
    return written;
}

Task<std::tuple<Stream::ErrorCode, std::size_t>> Stream::write_some(Buffers buffers)
{
    if (must_end(co_await asio::this_coro::cancellation_state))
        co_return std::tuple(ErrorCode(asio::error::operation_aborted), std::size_t{0});
    if (tls_) co_return co_await tls_->layer.async_write_some(buffers, no_throw);
    co_return co_await socket_.async_write_some(buffers, no_throw);
}

Task<Stream::ErrorCode> Stream::write(Buffers buffers)
{
    auto stoppable = asio::bind_cancellation_slot(stop_writing_.slot(), no_throw);
    ErrorCode error;
    if (tls_)
        std::tie(error, std::ignore) = co_await asio::async_write(tls_->layer, buffers, stoppable);
    else
        std::tie(error, std::ignore) = co_await asio::async_write(socket_, buffers, stoppable);
    co_return error;
}

void Stream::stop_writing()
{
    stop_writing_.emit(asio::cancellation_type::terminal);
}

Task<Stream::ErrorCode> Stream::receive(ReadBuffer& into)
{
    if (must_end(co_await asio::this_coro::cancellation_state))
        co_return asio::error::operation_aborted;
    const auto room = into.prepare();
    if (room.empty()) co_return asio::error::no_buffer_space;
    ErrorCode error;
    std::size_t n = 0;
    if (tls_)
        std::tie(error, n) = co_await tls_->layer.async_read_some(asio::buffer(room), no_throw);
    else
        std::tie(error, n) = co_await socket_.async_read_some(asio::buffer(room), no_throw);
    into.commit(n);
    co_return error;
}

std::size_t Stream::read_now(std::span<char> room, ErrorCode& error)
{
    return tls_ ? tls_->layer.read_some(asio::buffer(room), error)
                : socket_.read_some(asio::buffer(room), error);
}

std::unexpected<Error> Stream::give_up(const Phase& phase, ErrorCode error)
{
    close();
    if (overdue_) return too_slow(phase);
    if (error == asio::error::operation_aborted)
        return fail(ErrorKind::cancelled, concat(whose, ": cancelled while ", phase.name));
    return break_off(phase, error);
}

std::unexpected<Error> Stream::break_off(const Phase& phase, ErrorCode error)
{
    close();
    return fail(phase.broken, concat(whose, ": ", phase.name, ": ", error.message()));
}

bool Stream::waited_out(ErrorCode error) const
{
    return overdue_ && resumable_ && error == asio::error::operation_aborted;
}

std::unexpected<Error> Stream::too_slow(const Phase& phase) const
{
    return fail(phase.overdue, concat(whose, ": ", phase.name, " took too long"));
}

void Stream::close()
{
    if (!socket_.is_open()) return;
    if (tls_) keep_ticket(tls_->layer.native_handle());
    ErrorCode ignored;
    socket_.close(ignored);
}

}  // namespace sluice
