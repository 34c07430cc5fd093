#include "upstream/connection.hpp"

#include "upstream/cancellation.hpp"
#include "upstream/read_buffer.hpp"
#include "upstream/request_head.hpp"
#include "upstream/tls.hpp"

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

namespace sluice {
namespace {

namespace http = boost::beast::http;
using boost::system::error_code;
using Tcp = asio::ip::tcp;
using Socket = asio::basic_stream_socket<Tcp, Executor>;

struct ResponseHead {
    int status = 0;
    Headers headers;  ///< strings keep their memory from one response to the next
};

/// Beast's parser for one response. Each call of put yields at most one piece of the body, which
/// views the bytes that were put.
class ResponseParser final : public http::basic_parser<false> {
public:
    ResponseParser(ResponseHead& head, bool without_body) : head_(head)
    {
        header_limit(ReadBuffer::largest);
        body_limit(boost::none);
        skip(without_body);
    }

    std::string_view take_piece() { return std::exchange(piece_, {}); }

private:
    using view = boost::beast::string_view;

    void on_response_impl(int code, view, int, error_code&) override { head_.status = code; }
    void on_field_impl(http::field, view name, view value, error_code&) override
    {
        if (is_header_done()) return;  // a trailer
        if (fields_ == head_.headers.size()) head_.headers.emplace_back();
        auto& header = head_.headers[fields_++];
        header.name.assign(name.data(), name.size());
        header.value.assign(value.data(), value.size());
    }
    void on_header_impl(error_code&) override { head_.headers.resize(fields_); }
    std::size_t on_body_impl(view body, error_code&) override { return keep(body); }
    std::size_t on_chunk_body_impl(std::uint64_t, view body, error_code&) override
    {
        return keep(body);
    }
    void on_request_impl(http::verb, view, view, int, error_code&) override {}
    void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
    void on_chunk_header_impl(std::uint64_t, view, error_code&) override {}
    void on_finish_impl(error_code&) override {}

    std::size_t keep(view body)
    {
        piece_ = {body.data(), body.size()};
        return body.size();
    }

    ResponseHead& head_;
    std::size_t fields_ = 0;
    std::string_view piece_;
};

/// A deadline for as long as it is in scope.
class Armed {
public:
    Armed(Watch& watch, TimePoint deadline) : watch_(watch) { watch_.arm(deadline); }
    ~Armed() { watch_.disarm(); }
    Armed(const Armed&) = delete;
    Armed& operator=(const Armed&) = delete;

private:
    Watch& watch_;
};

/// Which error means what, in one phase of an exchange.
struct Phase {
    ErrorKind overdue;
    ErrorKind broken;
    std::string_view name;
};

}  // namespace

struct Connection::State {
    State(
        const Origin& to, std::string_view pool_key, DeadlineTimer& timer, const Executor& executor
    )
        : origin(to), name(to_string(to)), key(pool_key), socket(executor), watch(timer, [this] {
              overdue = true;
              if (resumable)
                  stop_waiting();
              else
                  close();
          })
    {
    }
    ~State() { close(); }
    State(const State&) = delete;
    State& operator=(const State&) = delete;

    Task<Result<void>> connect(std::span<const Tcp::endpoint> addresses, TimePoint deadline);
    Task<Result<void>> shake_hands(TlsClient& client, TimePoint deadline);
    Task<Result<void>> send(const HttpRequest& request, TimePoint deadline);
    Task<Result<std::string_view>> read(TimePoint deadline);

    Task<Result<void>> await_head();
    Task<Result<void>> send_rest_and_await_head(
        std::string_view head_rest, std::string_view body_rest
    );
    Task<> send_rest(std::string_view head_rest, std::string_view body_rest);
    Task<> await_early_head(Result<void>& result);

    using Buffers = std::array<asio::const_buffer, 2>;
    Task<std::tuple<error_code, std::size_t>> write_some(Buffers buffers);
    Task<error_code> receive();
    error_code parse();
    void finish_with_what_is_here();
    std::size_t read_now(std::span<char> room, error_code& error);
    std::unexpected<Error> give_up(const Phase& phase, error_code error);
    void close();
    void stop_waiting();

    const Origin origin;
    const std::string name;
    const std::string key;
    Socket socket;
    std::optional<asio::ssl::stream<Socket&>> tls;
    Watch watch;
    bool overdue = false;    ///< a deadline passed
    bool resumable = false;  ///< it may end the wait without ending the connection

    std::string request_head;
    asio::cancellation_signal stop_sending;
    bool sending = false;   ///< the rest of a long request, while the response is awaited
    bool sent = true;       ///< the whole request is out
    bool answered = false;  ///< a byte of the response has arrived
    bool bodiless = false;  ///< the response has no body, whatever its head says
    ReadBuffer buffer;
    ResponseHead response;
    std::optional<ResponseParser> parser;
    std::string_view piece;
};

Task<Result<void>> Connection::State::connect(
    std::span<const Tcp::endpoint> addresses, TimePoint deadline
)
{
    constexpr Phase phase{ErrorKind::connect_timeout, ErrorKind::unreachable, "connecting"};
    error_code error = asio::error::host_not_found;
    for (std::size_t i = 0; i < addresses.size(); ++i) {
        close();
        overdue = false;
        if (must_end(co_await asio::this_coro::cancellation_state))
            co_return give_up(phase, asio::error::operation_aborted);
        const auto now = Clock::now();
        if (now >= deadline) {
            overdue = true;
            break;
        }
        const auto left = static_cast<Clock::rep>(addresses.size() - i);
        const auto share = deadline == TimePoint::max() ? deadline : now + (deadline - now) / left;
        const Armed armed(watch, share);
        std::tie(error) = co_await socket.async_connect(addresses[i], no_throw);
        if (!error && !overdue) {
            socket.set_option(Tcp::no_delay(true), error);
            socket.set_option(asio::socket_base::keep_alive(true), error);
            socket.non_blocking(true, error);  // for read_now; asynchronous operations do not care
            co_return Result<void>{};
        }
        if (error == asio::error::operation_aborted && !overdue) break;
    }
    co_return give_up(phase, error);
}

Task<Result<void>> Connection::State::shake_hands(TlsClient& client, TimePoint deadline)
{
    constexpr Phase phase{ErrorKind::connect_timeout, ErrorKind::unreachable, "the TLS handshake"};
    if (must_end(co_await asio::this_coro::cancellation_state))
        co_return give_up(phase, asio::error::operation_aborted);
    tls.emplace(socket, client.context());
    auto* native = tls->native_handle();
    if (auto prepared = client.prepare(native, origin); !prepared) co_return prepared;

    const Armed armed(watch, deadline);
    const auto [error] = co_await tls->async_handshake(asio::ssl::stream_base::client, no_throw);
    if (!error && !overdue) co_return Result<void>{};
    if (overdue || error == asio::error::operation_aborted) co_return give_up(phase, error);
    close();
    co_return fail(
        ErrorKind::unreachable, concat(name, ": TLS failed: ", describe_tls_failure(native, error))
    );
}

constexpr Phase head_phase{
    ErrorKind::response_timeout, ErrorKind::unreachable, "awaiting the response"
};
constexpr Phase rest_of_head_phase{
    ErrorKind::response_timeout, ErrorKind::bad_response, "reading the response head"
};

Task<Result<void>> Connection::State::send(const HttpRequest& request, TimePoint deadline)
{
    if (auto formatted = format_request_head(request, origin, request_head); !formatted)
        co_return formatted;
    answered = false;
    sent = false;
    piece = {};
    bodiless = request.method == "HEAD";
    parser.emplace(response, bodiless);
    const Armed armed(watch, deadline);

    const auto [error, n] =
        co_await write_some(Buffers{asio::buffer(request_head), asio::buffer(request.body)});
    sent = n == request_head.size() + request.body.size();
    // Where writing failed, the peer may have said why before it hung up.
    if (error || sent) co_return co_await await_head();

    const auto head_rest = std::string_view(request_head).substr(std::min(n, request_head.size()));
    const auto body_sent = n - (request_head.size() - head_rest.size());
    co_return co_await send_rest_and_await_head(
        head_rest, std::string_view(request.body).substr(body_sent)
    );
}

/// A peer that does not like a long request answers before it has read all of it, and may never
/// read the rest: both directions go on at the same time.
Task<Result<void>> Connection::State::send_rest_and_await_head(
    std::string_view head_rest, std::string_view body_rest
)
{
    // The two below do not inherit a cancellation that is already there.
    if (must_end(co_await asio::this_coro::cancellation_state))
        co_return give_up(head_phase, asio::error::operation_aborted);
    const Executor executor = co_await asio::this_coro::executor;
    Result<void> result;
    co_await asio::experimental::make_parallel_group(
        asio::co_spawn(executor, send_rest(head_rest, body_rest), asio::deferred),
        asio::co_spawn(executor, await_early_head(result), asio::deferred)
    )
        .async_wait(asio::experimental::wait_for_all(), no_throw);
    co_return result;
}

Task<> Connection::State::send_rest(std::string_view head_rest, std::string_view body_rest)
{
    co_await asio::this_coro::throw_if_cancelled(false);
    const Buffers rest{asio::buffer(head_rest), asio::buffer(body_rest)};
    auto stoppable = asio::bind_cancellation_slot(stop_sending.slot(), no_throw);
    sending = true;
    error_code error;
    if (tls)
        std::tie(error, std::ignore) = co_await asio::async_write(*tls, rest, stoppable);
    else
        std::tie(error, std::ignore) = co_await asio::async_write(socket, rest, stoppable);
    sending = false;
    sent = !error;
}

Task<> Connection::State::await_early_head(Result<void>& result)
{
    co_await asio::this_coro::throw_if_cancelled(false);
    result = co_await await_head();
    const bool rest_is_wanted = result && response.status < 300;
    if (sending && !rest_is_wanted) stop_sending.emit(asio::cancellation_type::terminal);
}

Task<Result<void>> Connection::State::await_head()
{
    for (;;) {
        if (!buffer.unread().empty()) {
            const auto error = parse();
            if (error && error != http::error::need_more)
                co_return give_up(rest_of_head_phase, error);
            if (!error && parser->is_header_done()) {
                if (response.status >= 200) co_return Result<void>{};
                if (response.status == 101)
                    co_return give_up(rest_of_head_phase, http::error::bad_status);
                parser.emplace(response, bodiless);
                continue;
            }
        }
        if (const auto error = co_await receive())
            co_return give_up(answered ? rest_of_head_phase : head_phase, error);
        answered = true;
    }
}

Task<Result<std::string_view>> Connection::State::read(TimePoint deadline)
{
    constexpr Phase phase{
        ErrorKind::idle_timeout, ErrorKind::stream_interrupted, "awaiting more of the response"
    };
    overdue = false;
    resumable = !sending;  // a request that is still being written cannot be waited out
    const Armed armed(watch, deadline);
    while (!parser->is_done()) {
        if (!buffer.unread().empty()) {
            const auto error = parse();
            if (error && error != http::error::need_more) co_return give_up(phase, error);
            if (const auto found = std::exchange(piece, {}); !found.empty()) co_return found;
            if (!error) continue;
        }
        auto error = co_await receive();
        if (overdue && resumable && error == asio::error::operation_aborted)
            co_return fail(phase.overdue, concat(name, ": ", phase.name, " took too long"));
        if (error == asio::error::eof && !overdue && parser->need_eof()) parser->put_eof(error);
        if (error) co_return give_up(phase, error);
    }
    co_return std::string_view{};
}

/// Feeds the parser with what is there; need_more where that is too little for one step.
error_code Connection::State::parse()
{
    error_code error;
    const auto unread = buffer.unread();
    buffer.consume(parser->put(asio::buffer(unread), error));
    piece = parser->take_piece();
    return error;
}

/// The last chunk often comes right behind the event that made the caller stop reading.
void Connection::State::finish_with_what_is_here()
{
    if (!parser || !parser->is_header_done() || !socket.is_open()) return;
    error_code error;
    for (bool last = false;; last = true) {
        while (!error && !parser->is_done() && !buffer.unread().empty()) error = parse();
        if (error == http::error::need_more) error = {};
        if (last || error || parser->is_done()) return;
        buffer.commit(read_now(buffer.prepare(), error));
    }
}

Task<std::tuple<error_code, std::size_t>> Connection::State::write_some(Buffers buffers)
{
    if (must_end(co_await asio::this_coro::cancellation_state))
        co_return std::tuple(error_code(asio::error::operation_aborted), std::size_t{0});
    if (tls) co_return co_await tls->async_write_some(buffers, no_throw);
    co_return co_await socket.async_write_some(buffers, no_throw);
}

Task<error_code> Connection::State::receive()
{
    if (must_end(co_await asio::this_coro::cancellation_state))
        co_return asio::error::operation_aborted;
    const auto room = buffer.prepare();
    if (room.empty()) co_return asio::error::no_buffer_space;
    error_code error;
    std::size_t n = 0;
    if (tls)
        std::tie(error, n) = co_await tls->async_read_some(asio::buffer(room), no_throw);
    else
        std::tie(error, n) = co_await socket.async_read_some(asio::buffer(room), no_throw);
    buffer.commit(n);
    co_return error;
}

/// Reads without waiting; would_block where nothing is there.
std::size_t Connection::State::read_now(std::span<char> room, error_code& error)
{
    return tls ? tls->read_some(asio::buffer(room), error)
               : socket.read_some(asio::buffer(room), error);
}

std::unexpected<Error> Connection::State::give_up(const Phase& phase, error_code error)
{
    close();
    if (overdue) return fail(phase.overdue, concat(name, ": ", phase.name, " took too long"));
    if (error == asio::error::operation_aborted)
        return fail(ErrorKind::cancelled, concat(name, ": cancelled while ", phase.name));
    return fail(phase.broken, concat(name, ": ", phase.name, ": ", error.message()));
}

/// Ends the wait for bytes; whatever comes later can still be read.
void Connection::State::stop_waiting()
{
    error_code ignored;
    socket.cancel(ignored);
}

void Connection::State::close()
{
    if (!socket.is_open()) return;
    if (tls) keep_ticket(tls->native_handle());
    error_code ignored;
    socket.close(ignored);
}

Connection::Connection(std::unique_ptr<State> state) : state_(std::move(state)) {}
Connection::~Connection() = default;

Task<Result<std::unique_ptr<Connection>>> Connection::open(
    const Origin& origin,
    std::string_view key,
    std::span<const Tcp::endpoint> addresses,
    DeadlineTimer& timer,
    TlsClient& tls,
    TimePoint deadline
)
{
    const Executor executor = co_await asio::this_coro::executor;
    auto state = std::make_unique<State>(origin, key, timer, executor);
    if (auto connected = co_await state->connect(addresses, deadline); !connected)
        co_return std::unexpected(std::move(connected).error());
    if (origin.tls)
        if (auto secured = co_await state->shake_hands(tls, deadline); !secured)
            co_return std::unexpected(std::move(secured).error());
    co_return std::unique_ptr<Connection>(new Connection(std::move(state)));
}

Task<Result<void>> Connection::send(const HttpRequest& request, TimePoint deadline)
{
    return state_->send(request, deadline);
}

Task<Result<std::string_view>> Connection::read(TimePoint deadline)
{
    return state_->read(deadline);
}

int Connection::status() const
{
    return state_->response.status;
}
const Headers& Connection::headers() const
{
    return state_->response.headers;
}

std::optional<std::uint64_t> Connection::content_length() const
{
    const auto length = state_->parser->content_length();
    return length && !state_->parser->is_done() ? std::optional(*length) : std::nullopt;
}

void Connection::close()
{
    state_->close();
}

bool Connection::recycle()
{
    auto& state = *state_;
    state.finish_with_what_is_here();
    const bool usable = state.socket.is_open() && state.sent && state.parser &&
                        state.parser->is_done() && state.parser->keep_alive() &&
                        state.buffer.unread().empty();
    if (usable) state.buffer.reset();
    return usable;
}

bool Connection::is_alive()
{
    char unexpected = 0;
    error_code error;
    state_->read_now({&unexpected, 1}, error);
    return error == asio::error::would_block;
}

const std::string& Connection::key() const
{
    return state_->key;
}

}  // namespace sluice
