#include "upstream/connection.hpp"

#include "core/body_source.hpp"
#include "upstream/cancellation.hpp"
#include "upstream/read_buffer.hpp"
#include "upstream/request_head.hpp"
#include "upstream/response_parser.hpp"
#include "upstream/stream.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace sluice {
namespace {

using HttpError = boost::beast::http::error;
using boost::system::error_code;

/// What of a request is not out yet.
struct Rest {
    Stream::Buffers bytes;
    BodySource* source;            ///< gives what follows the body; nullptr: nothing does
    Clock::duration patience;      ///< how long the peer may take for a piece, or to answer
    TimePoint last;                ///< when all of it has to be over
    std::optional<Error> failure;  ///< of the source
    bool refused = false;          ///< the peer has answered and wants no more
};

constexpr std::string_view chunk_end = "\r\n";

void append_chunk_size(std::string& out, std::size_t size)
{
    std::array<char, 16> digits;
    out.append(digits.begin(), std::to_chars(digits.begin(), digits.end(), size, 16).ptr);
    out += chunk_end;
}

/// An empty chunk would be the end.
void append_chunk(std::string& out, std::string_view bytes)
{
    if (bytes.empty()) return;
    append_chunk_size(out, bytes.size());
    out.append(bytes).append(chunk_end);
}

}  // namespace

struct Connection::State {
    State(
        const Origin& to, std::string_view pool_key, DeadlineTimer& timer, const Executor& executor
    )
        : key(pool_key), stream(to, timer, executor), host(host_line(to))
    {
    }

    Task<Result<void>> send(const HttpRequest& request, SendDeadlines deadlines);
    Task<Result<std::string_view>> read(TimePoint deadline);
    Result<std::string_view> read_here();

    std::optional<Result<void>> head_here();
    std::optional<Result<void>> head_after(error_code received);
    Task<Result<void>> send_rest_and_await_head(Rest rest, Stream::Armed& armed);
    Task<> send_rest(Rest& rest, Stream::Armed& armed);
    Task<error_code> send_pieces(Rest& rest, Stream::Armed& armed);
    Task<> await_early_head(Rest& rest, Result<void>& result);

    bool is_quiet(bool told);
    error_code parse();
    void finish_with_what_is_here();

    const std::string key;
    Stream stream;
    const std::string host;  ///< as host_line() has it

    std::string request_head;
    bool sending = false;   ///< the rest of a long request, while the response is awaited
    bool sent = true;       ///< the whole request is out
    bool answered = false;  ///< a byte of the response has arrived
    bool bodiless = false;  ///< the response has no body, whatever its head says
    ReadBuffer buffer;
    ResponseHead response;
    ResponseParser parser{response};
    bool starved = false;  ///< the parser can do nothing with what is unread
    std::string_view piece;
};

constexpr Stream::Phase head_phase{
    ErrorKind::response_timeout, ErrorKind::unreachable, "awaiting the response"
};
constexpr Stream::Phase rest_of_head_phase{
    ErrorKind::response_timeout, ErrorKind::bad_response, "reading the response head"
};

Task<Result<void>> Connection::State::send(const HttpRequest& request, SendDeadlines deadlines)
{
    if (auto formatted = format_request_head(request, host, request_head); !formatted)
        co_return formatted;
    answered = false;
    starved = false;
    sent = false;
    piece = {};
    bodiless = request.method == "HEAD";
    parser.begin(bodiless);
    Stream::Armed armed(stream, deadlines.response);

    // The bytes that are there already; where the rest comes in pieces they are its first.
    std::string first;
    if (request.rest) append_chunk(first, request.body);
    // The head goes out together with the body up to what is lent.
    request_head.append(request.body, 0, request.lent_after);
    auto body = request.rest ? std::string_view(first) : request.body;
    body.remove_prefix(request.lent_after);
    Stream::Buffers buffers{
        asio::buffer(request_head), asio::buffer(request.lent), asio::buffer(body)
    };
    const bool waited = stream.others_first();
    if (waited) co_await stream.their_turn();
    if (must_end(co_await asio::this_coro::cancellation_state))  // nobody waits for an answer
        co_return stream.give_up(head_phase, asio::error::operation_aborted);
    if (waited && !is_quiet(true))
        co_return stream.give_up(head_phase, asio::error::connection_reset);
    error_code error;
    auto taken = stream.write_now(buffers, error);
    for (auto& left : buffers) {
        const auto n = std::min(taken, left.size());
        left += n;
        taken -= n;
    }
    sent = !request.rest && asio::buffer_size(buffers) == 0 && stream.all_out();
    if (!error && !sent)
        co_return co_await send_rest_and_await_head(
            {.bytes = buffers,
             .source = request.rest.get(),
             .patience = deadlines.response - Clock::now(),
             .last = deadlines.last,
             .failure = {}},
            armed
        );
    // Where writing failed, the peer may have said why before it hung up.
    auto head = head_here();
    while (!head) head = head_after(co_await stream.receive(buffer));
    co_return *std::move(head);
}

/// A peer that does not like a long request answers before it has read all of it, and may never
/// read the rest: both directions go on at the same time.
Task<Result<void>> Connection::State::send_rest_and_await_head(Rest rest, Stream::Armed& armed)
{
    // The two below do not inherit a cancellation that is already there.
    if (must_end(co_await asio::this_coro::cancellation_state))
        co_return stream.give_up(head_phase, asio::error::operation_aborted);
    const Executor executor = co_await asio::this_coro::executor;
    Result<void> result;
    co_await asio::experimental::make_parallel_group(
        asio::co_spawn(executor, send_rest(rest, armed), asio::deferred),
        asio::co_spawn(executor, await_early_head(rest, result), asio::deferred)
    )
        .async_wait(asio::experimental::wait_for_all(), no_throw);
    if (rest.failure) co_return std::unexpected(std::move(*rest.failure));
    co_return result;
}

Task<> Connection::State::send_rest(Rest& rest, Stream::Armed& armed)
{
    co_await asio::this_coro::throw_if_cancelled(false);
    sending = true;
    auto error = co_await stream.write(rest.bytes);
    if (!error && rest.source) error = co_await send_pieces(rest, armed);
    sending = false;
    sent = !error;
}

/// The body as its source gives it. The peer's time runs while it does not take a piece and from
/// the last one on: how long the source takes is not the peer's fault.
Task<error_code> Connection::State::send_pieces(Rest& rest, Stream::Armed& armed)
{
    const auto in_time = [&] { return std::min(after(Clock::now(), rest.patience), rest.last); };
    while (true) {
        armed.move(rest.last);
        const auto next = co_await rest.source->read();
        if (rest.refused) co_return asio::error::operation_aborted;
        if (!next) {
            rest.failure = next.error();
            stream.close();  // a body that just ended would look whole
            co_return asio::error::operation_aborted;
        }
        armed.move(in_time());
        std::string size;
        append_chunk_size(size, next->size());
        const auto error =
            co_await stream.write({asio::buffer(size), asio::buffer(*next), asio::buffer(chunk_end)}
            );
        armed.move(in_time());
        if (error || next->empty()) co_return error;
    }
}

Task<> Connection::State::await_early_head(Rest& rest, Result<void>& result)
{
    co_await asio::this_coro::throw_if_cancelled(false);
    auto head = head_here();
    while (!head) head = head_after(co_await stream.receive(buffer));
    result = *std::move(head);
    const bool rest_is_wanted = result && response.status < 300;
    if (!sending || rest_is_wanted) co_return;
    rest.refused = true;
    stream.stop_writing();
    if (rest.source) rest.source->stop();
}

/// Takes the response head from what has been read. nullopt: it is not complete.
std::optional<Result<void>> Connection::State::head_here()
{
    while (!buffer.unread().empty()) {
        const auto error = parse();
        if (error && error != HttpError::need_more)
            return stream.give_up(rest_of_head_phase, error);
        if (error || !parser.is_header_done()) break;
        if (response.status >= 200) return Result<void>{};
        if (response.status == 101)
            return stream.give_up(rest_of_head_phase, HttpError::bad_status);
        parser.begin(bodiless);
    }
    return std::nullopt;
}

/// The same when more has been read, or could not be.
std::optional<Result<void>> Connection::State::head_after(error_code received)
{
    if (received) return stream.give_up(answered ? rest_of_head_phase : head_phase, received);
    answered = true;
    return head_here();
}

constexpr Stream::Phase body_phase{
    ErrorKind::idle_timeout, ErrorKind::stream_interrupted, "awaiting more of the response"
};

Task<Result<std::string_view>> Connection::State::read(TimePoint deadline)
{
    auto found = read_here();
    if (!found || !found->empty() || parser.is_done()) co_return found;
    // A request that is still being written cannot be waited out.
    const Stream::Armed armed(stream, deadline, !sending);
    while (!parser.is_done()) {
        auto error = co_await stream.receive(buffer);
        starved = starved && error;
        if (stream.waited_out(error)) co_return stream.too_slow(body_phase);
        if (error == asio::error::eof && !stream.overdue() && parser.put_eof()) error = {};
        if (error) co_return stream.give_up(body_phase, error);
        found = read_here();
        if (!found || !found->empty()) co_return found;
    }
    co_return std::string_view{};
}

Result<std::string_view> Connection::State::read_here()
{
    while (!parser.is_done() && !starved && !buffer.unread().empty()) {
        const auto error = parse();
        if (error && !starved) return stream.break_off(body_phase, error);
        if (const auto found = std::exchange(piece, {}); !found.empty()) return found;
    }
    return std::string_view{};
}

/// True where the peer has neither closed nor sent anything. told: as of is_alive().
bool Connection::State::is_quiet(bool told)
{
    if (told && !stream.may_read()) return stream.is_open();
    char unexpected = 0;
    error_code error;
    stream.read_now({&unexpected, 1}, error);
    return error == asio::error::would_block;
}

/// Feeds the parser with what is there; need_more where that is too little for one step.
error_code Connection::State::parse()
{
    error_code error;
    const auto unread = buffer.unread();
    buffer.consume(parser.put(unread, error));
    piece = parser.take_piece();
    starved = error == HttpError::need_more;
    return error;
}

/// The last chunk often comes right behind the event that made the caller stop reading.
void Connection::State::finish_with_what_is_here()
{
    if (!parser.is_header_done() || !stream.is_open()) return;
    error_code error;
    for (bool last = false;; last = true) {
        while (!error && !parser.is_done() && !starved && !buffer.unread().empty()) error = parse();
        if (error == HttpError::need_more) error = {};
        if (last || error || parser.is_done()) return;
        const auto read = stream.read_now(buffer.prepare(), error);
        buffer.commit(read);
        starved = starved && read == 0;
    }
}

Connection::Connection(std::unique_ptr<State> state) : state_(std::move(state)) {}
Connection::~Connection() = default;

Task<Result<std::unique_ptr<Connection>>> Connection::open(
    const Origin& origin,
    std::string_view key,
    std::span<const asio::ip::tcp::endpoint> addresses,
    DeadlineTimer& timer,
    TlsClient& tls,
    TimePoint deadline
)
{
    const Executor executor = co_await asio::this_coro::executor;
    auto state = std::make_unique<State>(origin, key, timer, executor);
    if (auto connected = co_await state->stream.connect(addresses, deadline); !connected)
        co_return std::unexpected(std::move(connected).error());
    if (origin.tls)
        if (auto secured = co_await state->stream.shake_hands(tls, deadline); !secured)
            co_return std::unexpected(std::move(secured).error());
    co_return std::unique_ptr<Connection>(new Connection(std::move(state)));
}

Task<Result<void>> Connection::send(const HttpRequest& request, SendDeadlines deadlines)
{
    return state_->send(request, deadlines);
}

Task<Result<std::string_view>> Connection::read(TimePoint deadline)
{
    return state_->read(deadline);
}

Result<std::string_view> Connection::read_here()
{
    return state_->read_here();
}

bool Connection::is_read() const
{
    return state_->parser.is_done();
}

int Connection::status() const
{
    return state_->response.status;
}
const FieldLines& Connection::headers() const
{
    return state_->response.fields;
}

std::optional<std::uint64_t> Connection::content_length() const
{
    return state_->parser.left();
}

void Connection::close()
{
    state_->stream.close();
}

bool Connection::recycle()
{
    auto& state = *state_;
    state.finish_with_what_is_here();
    const bool usable = state.stream.is_open() && state.sent && state.parser.is_done() &&
                        state.parser.keeps_alive() && state.buffer.unread().empty();
    if (usable) state.buffer.reset();
    return usable;
}

bool Connection::is_alive(bool told)
{
    return state_->is_quiet(told);
}

const std::string& Connection::key() const
{
    return state_->key;
}

}  // namespace sluice
