#include "upstream/stream.hpp"

#include "upstream/cancellation.hpp"
#include "upstream/tls.hpp"

#include <boost/asio/ssl/stream.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace sluice {

namespace {

/// In messages, which callers read: the address is the operator's business.
constexpr std::string_view whose = "the provider";

}  // namespace

/// TLS, by Asio's operations that do not wait.
struct Stream::Tls {
    /// The socket as TLS sees it: it takes all that is encrypted, for half of it is of no use.
    class Wire {
    public:
        using executor_type = Executor;
        using lowest_layer_type = Wire;

        explicit Wire(Socket& socket) : socket_(socket) {}
        Executor get_executor() const { return socket_.get_executor(); }
        Wire& lowest_layer() { return *this; }

        std::size_t read_some(asio::mutable_buffer room, ErrorCode& error)
        {
            if (socket_.may_read())
                return socket_.read_some({static_cast<char*>(room.data()), room.size()}, error);
            error = asio::error::would_block;
            return 0;
        }
        template <class Pieces>
        std::size_t write_some(const Pieces& pieces, ErrorCode& error)
        {
            const asio::const_buffer piece = *asio::buffer_sequence_begin(pieces);
            const std::string_view bytes(static_cast<const char*>(piece.data()), piece.size());
            const auto sent = unsent_.empty() ? socket_.write_some({&piece, 1}, error) : 0;
            if (error == asio::error::would_block) error = {};
            unsent_ += bytes.substr(sent);
            return bytes.size();
        }

        bool all_out() const { return unsent_.empty(); }
        /// Sends what it took and the socket did not, as far as that takes it.
        void flush(ErrorCode& error)
        {
            if (unsent_.empty()) return;
            const asio::const_buffer piece = asio::buffer(unsent_);
            unsent_.erase(0, socket_.write_some({&piece, 1}, error));
            if (error == asio::error::would_block) error = {};
        }

    private:
        Socket& socket_;
        std::string unsent_;
    };

    Tls(Socket& socket, asio::ssl::context& context) : wire(socket), layer(wire, context) {}
    Wire wire;
    asio::ssl::stream<Wire&> layer;
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
    socket_.cancel();  // whatever comes later can still be read
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
        error = co_await socket_.connect(addresses[i]);
        if (!error && !overdue_) {
            socket_.acknowledge_late();  // what is read of an answer shall first be on its way
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
    ErrorCode error;
    for (;;) {
        layer.handshake(asio::ssl::stream_base::client, error);
        if (error != asio::error::would_block) break;
        ErrorCode unsent;
        tls_->wire.flush(unsent);
        const bool goes_on =
            co_await (tls_->wire.all_out() ? socket_.readable() : socket_.writable());
        if (goes_on && !must_end(co_await asio::this_coro::cancellation_state)) continue;
        error = asio::error::operation_aborted;
        break;
    }
    if (!error && !overdue_) co_return Result<void>{};
    if (overdue_ || error == asio::error::operation_aborted) co_return give_up(phase, error);
    close();
    co_return fail(
        ErrorKind::unreachable,
        concat(whose, ": TLS failed: ", describe_tls_failure(layer.native_handle(), error))
    );
}

std::size_t Stream::write_now(std::span<const asio::const_buffer> buffers, ErrorCode& error)
{
    std::size_t written = 0;
    if (!tls_) {
        written = socket_.write_some(buffers, error);
    } else {
        tls_->wire.flush(error);
        if (!error && tls_->wire.all_out()) written = tls_->layer.write_some(buffers, error);
    }
    if (error == asio::error::would_block) error = {};
    return written;
}

bool Stream::all_out() const
{
    return !tls_ || tls_->wire.all_out();
}

Task<Stream::ErrorCode> Stream::write(Buffers buffers)
{
    stopped_writing_ = false;
    std::span<asio::const_buffer> rest(buffers);
    while (!stopped_writing_) {
        ErrorCode error;
        const auto written = write_now(rest, error);
        if (error) co_return error;
        drop_front(rest, written);
        if (rest.empty() && all_out()) co_return ErrorCode();
        if (written == 0 && !co_await socket_.writable()) break;
    }
    co_return asio::error::operation_aborted;
}

void Stream::stop_writing()
{
    stopped_writing_ = true;
    socket_.cancel();
}

Task<Stream::ErrorCode> Stream::receive(ReadBuffer& into)
{
    do {
        if (must_end(co_await asio::this_coro::cancellation_state)) break;
        if (!may_read()) continue;
        const auto room = into.prepare();
        if (room.empty()) co_return asio::error::no_buffer_space;
        ErrorCode error;
        into.commit(read_now(room, error));
        if (error != asio::error::would_block) co_return error;
    } while (co_await socket_.readable());
    co_return asio::error::operation_aborted;
}

std::size_t Stream::read_now(std::span<char> room, ErrorCode& error)
{
    return tls_ ? tls_->layer.read_some(asio::buffer(room), error) : socket_.read_some(room, error);
}

bool Stream::may_read() const
{
    return tls_ || socket_.may_read();  // TLS may hold bytes that the socket has given
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
    socket_.close();
}

}  // namespace sluice
