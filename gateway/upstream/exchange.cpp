#include "upstream/exchange.hpp"

#include "upstream/connection.hpp"
#include "upstream/pool.hpp"

#include <algorithm>

namespace sluice {

Exchange::Exchange(Pool& pool) : pool_(&pool) {}

Exchange::Exchange(Exchange&&) noexcept = default;

Exchange& Exchange::operator=(Exchange&& other) noexcept
{
    if (this == &other) return *this;
    give_back();
    connection_ = std::move(other.connection_);
    pool_ = other.pool_;
    reused_ = other.reused_;
    gathered_ = std::move(other.gathered_);
    return *this;
}

Exchange::~Exchange()
{
    give_back();
}

void Exchange::give_back()
{
    if (connection_) pool_->release(std::move(connection_));
}

Task<Result<Exchange>> Exchange::start(
    Pool& pool, const Endpoint& endpoint, const HttpRequest& request, PhaseDeadlines deadlines
)
{
    co_await asio::this_coro::throw_if_cancelled(false);
    Exchange exchange(pool);
    auto sent = co_await exchange.send(endpoint, request, deadlines);
    if (exchange.was_stale(sent)) sent = co_await exchange.send_anew(endpoint, request, deadlines);
    if (!sent) co_return std::unexpected(std::move(sent).error());
    co_return exchange;
}

Task<Result<void>> Exchange::send(
    const Endpoint& endpoint, const HttpRequest& request, const PhaseDeadlines& deadlines
)
{
    give_back();
    if (!request.rest) connection_ = pool_->take_idle(endpoint, deadlines.begun);
    reused_ = connection_ != nullptr;
    if (!reused_) return send_anew(endpoint, request, deadlines);
    return connection_->send(request, {.response = deadlines.response, .last = deadlines.last});
}

bool Exchange::was_stale(const Result<void>& sent) const
{
    return !sent && sent.error().kind == ErrorKind::unreachable && reused_;
}

Task<Result<void>> Exchange::send_anew(
    const Endpoint& endpoint, const HttpRequest& request, PhaseDeadlines deadlines
)
{
    co_await asio::this_coro::throw_if_cancelled(false);
    auto connect = deadlines.connect;
    if (reused_) {
        // However long it took to notice, the new connection gets the time that the first had.
        const auto time_to_connect = deadlines.connect - deadlines.begun;
        connect = std::min(after(Clock::now(), time_to_connect), deadlines.response);
    }
    give_back();
    reused_ = false;
    auto opened = co_await pool_->connect(endpoint, connect);
    if (!opened) co_return std::unexpected(std::move(opened).error());
    connection_ = *std::move(opened);
    co_return co_await connection_->send(
        request, {.response = deadlines.response, .last = deadlines.last}
    );
}

int Exchange::status() const
{
    return connection_->status();
}
const FieldLines& Exchange::headers() const
{
    return connection_->headers();
}
bool Exchange::reused() const
{
    return reused_;
}

Task<Result<std::string_view>> Exchange::read(TimePoint deadline)
{
    return connection_->read(deadline);
}

Result<std::string_view> Exchange::read_here()
{
    return connection_->read_here();
}

std::optional<Result<std::string>> Exchange::all_here(std::size_t limit)
{
    if (const auto length = connection_->content_length()) {
        if (*length > limit) return too_long(limit);
        gathered_.reserve(*length);
    }
    for (;;) {
        const auto piece = connection_->read_here();
        if (piece && piece->empty() && !connection_->is_read()) return std::nullopt;
        if (auto whole = gather(piece, limit)) return whole;
    }
}

Task<Result<std::string>> Exchange::read_all(TimePoint deadline, std::size_t limit)
{
    auto whole = all_here(limit);
    while (!whole) {
        whole = gather(co_await connection_->read(deadline), limit);
        if (!whole) whole = all_here(limit);
    }
    co_return *std::move(whole);
}

/// Adds a piece of the body; the empty one says that it is whole.
std::optional<Result<std::string>> Exchange::gather(
    const Result<std::string_view>& piece, std::size_t limit
)
{
    if (!piece) {
        auto error = piece.error();
        if (error.kind == ErrorKind::idle_timeout) error.kind = ErrorKind::response_timeout;
        if (error.kind == ErrorKind::stream_interrupted) error.kind = ErrorKind::bad_response;
        return std::unexpected(std::move(error));
    }
    if (piece->empty()) return std::move(gathered_);
    if (gathered_.size() + piece->size() > limit) return too_long(limit);
    gathered_ += *piece;
    return std::nullopt;
}

std::unexpected<Error> Exchange::too_long(std::size_t limit)
{
    connection_->close();
    return fail(
        ErrorKind::bad_response,
        concat("the response is longer than ", std::to_string(limit), " bytes")
    );
}

void Exchange::abort()
{
    connection_->close();
}

}  // namespace sluice
