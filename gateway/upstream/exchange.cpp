#include "upstream/exchange.hpp"

#include "upstream/connection.hpp"
#include "upstream/pool.hpp"

#include <algorithm>

namespace sluice {

Exchange::Exchange(std::unique_ptr<Connection> connection, Pool* pool, bool reused)
    : connection_(std::move(connection)), pool_(pool), reused_(reused)
{
}

Exchange::Exchange(Exchange&&) noexcept = default;

Exchange& Exchange::operator=(Exchange&& other) noexcept
{
    if (this == &other) return *this;
    if (connection_) pool_->release(std::move(connection_));
    connection_ = std::move(other.connection_);
    pool_ = other.pool_;
    reused_ = other.reused_;
    return *this;
}

Exchange::~Exchange()
{
    if (connection_) pool_->release(std::move(connection_));
}

Task<Result<Exchange>> Exchange::start(
    Pool& pool, const Endpoint& endpoint, const HttpRequest& request, PhaseDeadlines deadlines
)
{
    co_await asio::this_coro::throw_if_cancelled(false);
    const auto time_to_connect = deadlines.connect - deadlines.begun;
    auto connection = request.rest ? nullptr : pool.take_idle(endpoint, deadlines.begun);
    const bool reused = connection != nullptr;
    if (!reused) {
        auto opened = co_await pool.connect(endpoint, deadlines.connect);
        if (!opened) co_return std::unexpected(std::move(opened).error());
        connection = *std::move(opened);
    }
    Exchange exchange(std::move(connection), &pool, reused);
    const SendDeadlines by{.response = deadlines.response, .last = deadlines.last};
    auto sent = co_await exchange.connection_->send(request, by);

    const bool stale = !sent && sent.error().kind == ErrorKind::unreachable && reused;
    if (stale) {
        // However long it took to notice, the new connection gets the time that the first had.
        const auto connect = std::min(after(Clock::now(), time_to_connect), deadlines.response);
        auto opened = co_await pool.connect(endpoint, connect);
        if (!opened) co_return std::unexpected(std::move(opened).error());
        exchange = Exchange(*std::move(opened), &pool, false);
        sent = co_await exchange.connection_->send(request, by);
    }
    if (!sent) co_return std::unexpected(std::move(sent).error());
    co_return exchange;
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
