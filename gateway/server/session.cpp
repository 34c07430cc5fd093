#include "server/session.hpp"

#include "core/ids.hpp"
#include "server/refusal.hpp"
#include "telemetry/log.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/beast/http/basic_parser.hpp>

#include <algorithm>
#include <exception>

namespace sluice {
namespace {

namespace http = boost::beast::http;
using BeastError = boost::system::error_code;

constexpr std::size_t small_read = 4 * 1024;  // also what a resting connection may keep of a buffer
constexpr std::size_t large_read = 16 * 1024;
constexpr std::size_t max_extensions = 4 * 1024;  // of all chunks of one body together
constexpr milliseconds linger_time{2000};
constexpr std::size_t linger_bytes = 16u << 20;
constexpr milliseconds insist_interval{10};

constexpr HeadRefusal no_answer{.status = 0, .reason = {}, .message = {}};
constexpr HeadRefusal slow_head{408, "slow_head", "the request head did not arrive in time"};
constexpr HeadRefusal slow_body{408, "slow_body", "the request body arrives too slowly"};
constexpr HeadRefusal body_too_large{413, "body_too_large", "the request body is too large"};
constexpr HeadRefusal bad_head{400, "bad_header", "the request head is malformed"};
constexpr HeadRefusal bad_chunks{400, "bad_framing", "the chunked request body is malformed"};

void release_above(std::string& buffer, std::size_t size)
{
    buffer.clear();
    if (buffer.capacity() > size) buffer.shrink_to_fit();
}

}  // namespace

/// Beast's parser without Beast's message: fields become views into the head, chunks are appended
/// to the body, trailers are counted and dropped.
class Session::RequestParser final : public http::basic_parser<true> {
public:
    RequestParser(std::vector<Field>& fields, std::string& body, std::uint64_t max_body)
        : fields_(fields), body_(body)
    {
        fields_.clear();
        header_limit(2 * max_head_size);  // the guard has the say; this is for chunk headers
        body_limit(max_body);
        eager(true);
    }

    /// `head` has passed the guard and outlives the views taken of it.
    Reading parse_head(std::string_view head)
    {
        BeastError error;
        put({head.data(), head.size()}, error);
        if (error == http::error::body_limit) return std::unexpected(body_too_large);
        if (error && error != http::error::need_more) return std::unexpected(bad_head);
        framing_ = {.http10 = http10_, .head = request_.method == "HEAD", .close = !keep_alive()};
        framing_.close |= http10_;
        return {};
    }

    /// Takes what it can of a chunked body and erases it from `input`.
    Reading parse_chunks(std::string& input)
    {
        BeastError error;
        input.erase(0, put({input.data(), input.size()}, error));
        if (error == http::error::body_limit) return std::unexpected(body_too_large);
        if (error && error != http::error::need_more) return std::unexpected(bad_chunks);
        return {};
    }

    const Framing& framing() const { return framing_; }
    int trailers() const { return trailers_; }

    /// Method, target and fields; the body is the session's to add.
    void describe(Request& request) const
    {
        request.method = request_.method;
        request.target = request_.target;
        const auto question = request.target.find('?');
        request.path = request.target.substr(0, question);
        if (question != std::string_view::npos) request.query = request.target.substr(question + 1);
        request.fields = fields_;
    }

private:
    using Text = boost::beast::string_view;

    void on_request_impl(http::verb, Text method, Text target, int version, BeastError&) override
    {
        request_.method = method;
        request_.target = target;
        http10_ = version == 10;
    }
    void on_response_impl(int, Text, int, BeastError&) override {}
    void on_field_impl(http::field, Text name, Text value, BeastError&) override
    {
        if (head_done_)
            ++trailers_;
        else
            fields_.push_back({name, value});
    }
    void on_header_impl(BeastError&) override { head_done_ = true; }
    void on_body_init_impl(const boost::optional<std::uint64_t>&, BeastError&) override {}
    std::size_t on_body_impl(Text bytes, BeastError&) override { return bytes.size(); }
    void on_chunk_header_impl(std::uint64_t, Text extensions, BeastError& error) override
    {
        constexpr auto is_control = [](unsigned char c) { return c < 0x20 && c != '\t'; };
        extensions_ += extensions.size();
        if (extensions_ > max_extensions || std::ranges::any_of(extensions, is_control))
            error = http::error::bad_chunk_extension;
    }
    std::size_t on_chunk_body_impl(std::uint64_t, Text bytes, BeastError&) override
    {
        body_.append(bytes.data(), bytes.size());
        return bytes.size();
    }
    void on_finish_impl(BeastError&) override {}

    std::vector<Field>& fields_;
    std::string& body_;
    struct {
        std::string_view method, target;
    } request_;
    Framing framing_;
    std::size_t extensions_ = 0;
    int trailers_ = 0;
    bool http10_ = false;
    bool head_done_ = false;
};

Session::Session(std::shared_ptr<SessionContext> context, TcpSocket socket)
    : context_(std::move(context)),
      client_(
          std::move(socket),
          context_->timer,
          context_->config.write_timeout,
          [this] { client_spoke(); }
      ),
      insist_(context_->timer, [this] { cancel_handler(); })
{
    ++context_->open_sessions;
}

Session::~Session()
{
    --context_->open_sessions;
    --context_->connections.open;
}

void Session::start(Executor executor)
{
    asio::co_spawn(
        executor,
        run(),
        asio::bind_cancellation_slot(
            signal_.slot(),
            [self = shared_from_this()](const std::exception_ptr& failure) {
                if (failure) LogLine(LogLevel::error, "a session failed").write();
                self->client_.close();
            }
        )
    );
}

void Session::drain()
{
    if (resting_) client_.wake();
}

void Session::stop()
{
    stopped_ = true;
    if (handling_) cancel_handler();  // it may still say a last word
    else client_.reset();
}

Task<void> Session::run()
{
    co_await asio::this_coro::reset_cancellation_state(
        asio::enable_total_cancellation(), asio::enable_terminal_cancellation()
    );
    co_await asio::this_coro::throw_if_cancelled(false);
    while (co_await serve()) {
    }
}

/// One request and its response. False: the connection ends.
Task<bool> Session::serve()
{
    Request request;
    RequestParser parser(fields_, request.body, context_->config.max_body);
    Framing framing{.close = true};
    auto reading = co_await read_head(parser);
    if (reading) {
        request.arrived = Clock::now();
        framing = parser.framing();
        parser.describe(request);
        reading = co_await read_body(parser, request.body);
    }
    if (reading) co_return co_await answer(request, framing);
    if (reading.error().status != 0) {
        context_->counters.rejected(reading.error().reason);
        co_await refuse(reading.error(), framing);
    }
    co_return false;
}

/// Awaits the first bytes of a request. False: the client left, idled too long, or we drain.
Task<bool> Session::rest()
{
    release_above(input_, small_read);
    release_above(head_, small_read);
    release_above(output_, small_read);
    const auto deadline = after(Clock::now(), context_->config.keep_alive_timeout);
    resting_ = true;
    while (input_.empty() && !client_.gone() && !context_->draining) {
        const bool spoke = co_await client_.input(shared_from_this(), deadline);
        client_.receive(input_, small_read);  // it may have spoken at that very moment
        if (!spoke) break;
    }
    resting_ = false;
    co_return !input_.empty();
}

Task<Session::Reading> Session::read_head(RequestParser& parser)
{
    if (input_.empty() && !co_await rest()) co_return std::unexpected(no_answer);
    const auto deadline = after(Clock::now(), context_->config.header_timeout);
    std::size_t scanned = 0;
    auto end = find_head_end(input_, 0);
    while (end == std::string::npos) {
        if (input_.size() >= max_head_size) co_return std::unexpected(refuse_endless_head(input_));
        scanned = std::max(input_.size(), std::size_t{2}) - 2;
        auto more = co_await read_more(input_, small_read, deadline, slow_head);
        if (!more) co_return more;
        end = find_head_end(input_, scanned);
    }
    // An empty line before the request is a habit of some old clients (RFC 9112, 2.2).
    const std::size_t begin = input_.starts_with("\r\n") ? 2 : 0;
    head_.assign(input_, begin, end - begin);
    input_.erase(0, end);
    auto verdict = check_head(head_);
    co_return verdict ? parser.parse_head(head_) : verdict;
}

Task<Session::Reading> Session::read_body(RequestParser& parser, std::string& body)
{
    if (parser.is_done()) co_return Reading{};
    const bool asked = std::ranges::any_of(fields_, [](const Field& field) {
        return iequals(field.name, "expect");  // the guard has seen to its value
    });
    if (asked && input_.empty() && !parser.framing().http10) {
        std::array pieces{asio::const_buffer(asio::buffer("HTTP/1.1 100 Continue\r\n\r\n", 25))};
        if (!co_await client_.write(pieces)) co_return std::unexpected(no_answer);
    }
    if (const auto size = parser.content_length()) co_return co_await read_sized_body(*size, body);
    auto reading = co_await read_chunked_body(parser);
    if (parser.trailers() > 0) context_->counters.trailers(parser.trailers());
    co_return reading;
}

/// Reads straight into the body, whose memory grows with what has come, not with what was promised.
Task<Session::Reading> Session::read_sized_body(std::uint64_t size, std::string& body)
{
    body.assign(input_, 0, std::min<std::uint64_t>(size, input_.size()));
    input_.erase(0, body.size());
    const auto begun = Clock::now();
    while (body.size() < size) {
        const auto room =
            std::min<std::uint64_t>(size - body.size(), std::max(large_read, body.size()));
        auto more = co_await read_more(body, room, body_deadline(begun, body.size()), slow_body);
        if (!more) co_return more;
    }
    co_return Reading{};
}

Task<Session::Reading> Session::read_chunked_body(RequestParser& parser)
{
    const auto begun = Clock::now();
    std::size_t received = 0;
    while (true) {
        auto parsed = parser.parse_chunks(input_);
        if (!parsed || parser.is_done()) co_return parsed;
        const auto left = input_.size();  // of a chunk header or trailers that have no end yet
        if (left > max_head_size) co_return std::unexpected(bad_chunks);
        auto more =
            co_await read_more(input_, large_read, body_deadline(begun, received), slow_body);
        if (!more) co_return more;
        received += input_.size() - left;
    }
}

Task<Session::Reading> Session::read_more(
    std::string& into, std::size_t room, TimePoint deadline, const HeadRefusal& too_slow
)
{
    while (client_.receive(into, room) == 0) {
        if (client_.gone()) co_return std::unexpected(no_answer);
        if (!co_await client_.input(shared_from_this(), deadline))
            co_return std::unexpected(too_slow);
    }
    co_return Reading{};
}

/// When a body of which so much has come falls below the least rate. The rate is asked for after a
/// grace of half the header timeout.
TimePoint Session::body_deadline(TimePoint begun, std::size_t received) const
{
    const auto& config = context_->config;
    const auto rate = std::max<std::size_t>(config.min_body_rate, 1);
    return after(begun, config.header_timeout / 2 + milliseconds(received * 1000 / rate));
}

Task<bool> Session::answer(Request& request, Framing framing)
{
    HttpResponder responder(client_, context_->date, output_, framing, context_->draining);
    handling_ = true;
    if (input_.size() < max_head_size) client_.watch(shared_from_this());
    std::string thrown;
    try {
        co_await context_->handler.handle(request, responder);
    } catch (const std::exception& failure) {
        thrown = failure.what();
    } catch (...) {
        thrown = "unknown";
    }
    handling_ = false;
    insist_.disarm();
    if (!thrown.empty()) LogLine(LogLevel::error, "a handler failed").text("what", thrown).write();
    if (stopped_ && !responder.finished()) client_.reset();
    if (client_.gone()) co_return false;
    if (!responder.started()) {
        co_await refuse({500, "", "the gateway failed to answer"}, framing);
        co_return false;
    }
    if (!responder.finished() || !thrown.empty()) {
        client_.reset();  // an end that looked regular would make a cut answer look whole
        co_return false;
    }
    if (responder.closes()) co_await linger();
    co_return !responder.closes() && !context_->draining;
}

/// Answers for a request that no handler answered, and ends the connection.
Task<void> Session::refuse(const HeadRefusal& refusal, Framing framing)
{
    const auto own = std::ranges::find_if(fields_, [](const Field& field) {
        return iequals(field.name, "x-request-id") && sane_request_id(field.value);
    });
    const auto id = own == fields_.end() ? new_request_id() : std::string(own->value);
    const Headers headers{
        {"Content-Type", "application/json"}, {"x-request-id", id}, {"x-should-retry", "false"}
    };
    framing.close = true;
    HttpResponder responder(client_, context_->date, output_, framing, context_->draining);
    const auto body = refusal_body(refusal, id);
    if (co_await responder.send(refusal.status, headers, body)) co_await linger();
}

/// Lets the client read the answer: closing on bytes that nobody read would reset the connection
/// and take the answer with it.
Task<void> Session::linger()
{
    client_.shutdown_send();
    const auto deadline = after(Clock::now(), linger_time);
    for (std::size_t dropped = 0; dropped < linger_bytes && !client_.gone();) {
        input_.clear();
        const auto received = client_.receive(input_, large_read);
        dropped += received;
        if (received > 0 || client_.gone()) continue;
        if (!co_await client_.input(shared_from_this(), deadline)) break;
    }
    client_.close();
}

/// The client sent something, or left, while nobody awaited it.
void Session::client_spoke()
{
    if (!handling_ || !client_.is_open() || input_.size() >= max_head_size) return;
    client_.receive(input_, max_head_size - input_.size());
    if (client_.gone()) return cancel_handler();
    if (input_.size() < max_head_size) client_.watch(shared_from_this());
}

/// A cancellation reaches only what is being awaited at that moment, and an operation that has just
/// completed does not take it; so it is repeated until the handler has ended.
void Session::cancel_handler()
{
    const auto self = shared_from_this();
    insist_.arm(after(Clock::now(), insist_interval));
    signal_.emit(asio::cancellation_type::terminal);
}

}  // namespace sluice
