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
const Headers& Exchange::headers() const
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

Task<Result<std::string>> Exchange::read_all(TimePoint deadline, std::size_t limit)
{
    const auto too_long = [&] {
        connection_->close();
        return fail(
            ErrorKind::bad_response,
            concat("the response is longer than ", std::to_string(limit), " bytes")
        );
    };
    std::string body;
    if (const auto length = connection_->content_length()) {
        if (*length > limit) co_return too_long();
        body.reserve(*length);
    }
    for (;;) {
        auto piece = connection_->read_here();
        if (piece && piece->empty() && !connection_->is_read())
            piece = co_await connection_->read(deadline);
        if (!piece) {
            auto error = piece.error();
            if (error.kind == ErrorKind::idle_timeout) error.kind = ErrorKind::response_timeout;
            if (error.kind == ErrorKind::stream_interrupted) error.kind = ErrorKind::bad_response;
            co_return std::unexpected(std::move(error));
        }
        if (piece->empty()) co_return body;
        if (body.size() + piece->size() > limit) co_return too_long();
        body += *piece;
    }
}

void Exchange::abort()
{
    connection_->close();
}

}  // namespace sluice
