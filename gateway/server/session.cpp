#include "server/session.hpp"

#include "core/ids.hpp"
#include "server/incoming_body.hpp"
#include "server/refusal.hpp"
#include "telemetry/log.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <exception>

namespace sluice {
namespace {

constexpr std::size_t small_read = 4 * 1024;  // also what a resting connection may keep of a buffer
constexpr std::size_t large_read = 16 * 1024;
constexpr milliseconds linger_time{2000};
constexpr std::size_t linger_bytes = 16u << 20;
constexpr milliseconds insist_interval{10};

constexpr HeadRefusal slow_head{408, "slow_head", "the request head did not arrive in time"};

void release_above(std::string& buffer, std::size_t size)
{
    buffer.clear();
    if (buffer.capacity() > size) buffer.shrink_to_fit();
}

/// The request, without its body.
Request described(const RequestHead& head)
{
    Request request;
    request.method = head.method;
    request.target = head.target;
    const auto question = head.target.find('?');
    request.path = head.target.substr(0, question);
    if (question != std::string_view::npos) request.query = head.target.substr(question + 1);
    request.fields = head.fields;
    request.arrived = EventTime::get();
    return request;
}

void log_failure(const std::exception_ptr& thrown)
{
    std::string what = "unknown";
    try {
        std::rethrow_exception(thrown);
    } catch (const std::exception& failure) {
        what = failure.what();
    } catch (...) {
    }
    LogLine(LogLevel::error, "a handler failed").text("what", what).write();
}

}  // namespace

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
    if (handling_)
        cancel_handler();  // it may still say a last word
    else
        client_.reset();
}

Task<void> Session::run()
{
    co_await asio::this_coro::reset_cancellation_state(
        asio::enable_total_cancellation(), asio::enable_terminal_cancellation()
    );
    co_await asio::this_coro::throw_if_cancelled(false);
    do {
        begin_rest();
        const auto deadline = after(EventTime::get(), context_->config.keep_alive_timeout);
        while (resting_) {
            const bool spoke = co_await client_.input(deadline);
            client_.receive(input_, small_read);  // it may have spoken at that very moment
            resting_ = spoke && is_to_rest();
        }
    } while (!input_.empty() && co_await serve());
}

/// Between requests the connection keeps no more memory than it must.
void Session::begin_rest()
{
    resting_ = is_to_rest();
    if (!resting_) return;
    release_above(input_, small_read);
    release_above(head_text_, small_read);
    release_above(output_, small_read);
}

/// False: a request has begun, the client left, or we drain.
bool Session::is_to_rest() const
{
    return input_.empty() && !client_.gone() && !context_->draining;
}

/// One request and its response. False: the connection ends.
Task<bool> Session::serve()
{
    head_.fields.clear();
    Framing framing{.close = true};
    auto reading = Reading{};
    auto end = find_head_end(input_, 0);
    if (end == std::string::npos) reading = co_await read_head(end);
    if (reading) reading = take_head(end);
    if (!reading) {
        co_await refuse(reading.error(), framing);
        co_return false;
    }
    Request request = described(head_);
    framing = {.http10 = head_.http10, .head = head_.method == "HEAD", .close = head_.close};
    const auto& config = context_->config;
    const bool as_it_comes = context_->handler.takes_upload(request);
    IncomingBody body(
        {client_, input_, config, context_->counters},
        head_,
        as_it_comes ? config.max_upload : config.max_body
    );
    reading = body.check();
    if (reading && as_it_comes)
        request.upload = &body;
    else if (reading && !body.take_here(request.body))
        reading = co_await body.read_all(request.body);
    if (!reading) {
        co_await refuse(reading.error(), framing);
        co_return false;
    }
    framing.unread_body = &body.unread();
    HttpResponder responder(client_, context_->date, output_, framing, context_->draining);
    if (client_.ended())  // a quick handler has answered before that is looked at
        asio::post(co_await asio::this_coro::executor, [self = shared_from_this()] {
            self->client_spoke();
        });
    handling_ = true;
    std::exception_ptr thrown;
    try {
        co_await context_->handler.handle(request, responder);
    } catch (...) {
        thrown = std::current_exception();
    }
    end_handling(responder, thrown);
    if (client_.gone()) co_return false;
    if (!responder.started())
        co_await refuse({500, "", "the gateway failed to answer"}, framing);
    else if (responder.closes())
        co_await linger();
    co_return responder.started() && !responder.closes() && !context_->draining;
}

/// Reads until the input has a whole head, and says where it ends.
Task<Reading> Session::read_head(std::size_t& end)
{
    const auto deadline = after(EventTime::get(), context_->config.header_timeout);
    while (end == std::string::npos) {
        if (input_.size() >= max_head_size) co_return std::unexpected(refuse_endless_head(input_));
        const auto scanned = std::max(input_.size(), std::size_t{2}) - 2;
        auto more = co_await read_more_of_head(deadline);
        if (!more) co_return more;
        end = find_head_end(input_, scanned);
    }
    co_return Reading{};
}

/// Takes the head that ends there off the input.
Reading Session::take_head(std::size_t end)
{
    // An empty line before the request is a habit of some old clients (RFC 9112, 2.2).
    const std::size_t begin = input_.starts_with("\r\n") ? 2 : 0;
    head_text_.assign(input_, begin, end - begin);
    input_.erase(0, end);
    return check_head(head_text_, head_);
}

Task<Reading> Session::read_more_of_head(TimePoint deadline)
{
    while (client_.receive(input_, small_read) == 0) {
        if (client_.gone()) co_return std::unexpected(no_answer);
        if (!co_await client_.input(deadline)) co_return std::unexpected(slow_head);
    }
    co_return Reading{};
}

void Session::end_handling(const HttpResponder& responder, const std::exception_ptr& thrown)
{
    handling_ = false;
    insist_.disarm();
    if (thrown) log_failure(thrown);
    // An end that looked regular would make a cut answer look whole.
    const bool cut = responder.started() && (thrown || !responder.finished());
    if (cut || (stopped_ && !responder.finished())) client_.reset();
}

/// Answers for a request that no handler answered, and ends the connection.
Task<void> Session::refuse(const HeadRefusal& refusal, Framing framing)
{
    if (refusal.status == 0) co_return;
    if (!refusal.reason.empty()) context_->counters.rejected(refusal.reason);
    const auto own = std::ranges::find_if(head_.fields, [](const HeaderField& field) {
        return iequals(field.name, "x-request-id") && sane_request_id(field.value);
    });
    const auto id = own == head_.fields.end() ? new_request_id() : std::string(own->value);
    framing.close = true;
    HttpResponder responder(client_, context_->date, output_, framing, context_->draining);
    const auto [headers, body] = refusal_answer(refusal, head_text_, id);
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
        if (!co_await client_.input(deadline)) break;
    }
    client_.close();
}

/// The client sent something, or left, while nobody awaited it.
void Session::client_spoke()
{
    if (!handling_) return;
    while (input_.size() < max_head_size && client_.has_input() && !client_.gone())
        client_.receive(input_, max_head_size - input_.size());
    if (client_.gone()) cancel_handler();
}

/// A cancellation reaches only what is being awaited at that moment, and an operation that has just
/// completed does not take it; so it is repeated until the handler has ended.
void Session::cancel_handler()
{
    const auto self = shared_from_this();
    insist_.arm(after(Clock::now(), insist_interval));
    signal_.emit(asio::cancellation_type::terminal);
    client_.wake();  // a handler that awaits more of its upload
}

}  // namespace sluice
