#pragma once

#include "core/deployment.hpp"
#include "core/error.hpp"
#include "core/http.hpp"
#include "core/http_head.hpp"
#include "core/task.hpp"
#include "core/time.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace sluice {

class Pool;
class Connection;

/// When each phase of an exchange has to be over; TimePoint::max(): never.
struct PhaseDeadlines {
    TimePoint connect;
    TimePoint response;                 ///< head received
    TimePoint last = TimePoint::max();  ///< everything, for a request whose body comes in pieces
    TimePoint begun = Clock::now();
};

/// One HTTP exchange with a provider: a request sent, a response head received, a body to be read
/// piece by piece. Whoever holds it owns the connection: destroying it returns the connection to
/// the pool where the response was read to its end and may be followed by another, else closes it.
///
/// Terminal cancellation of the awaiting task ends every phase at once with `cancelled`, and goes
/// on doing so; a drain (total cancellation) ends none. So that this arrives as a value, the tasks
/// here switch the awaiting task to throw_if_cancelled(false), which stays so when they return.
class Exchange {
public:
    /// Connects (or takes an idle connection), sends the request and awaits the response head. A
    /// reused connection that dies before its first byte was stale: the request is sent once more
    /// on a fresh one; a body that comes in pieces, which cannot be sent again, gets a fresh one
    /// from the start. Errors: those of the body, unreachable, connect_timeout, response_timeout,
    /// bad_response, cancelled.
    static Task<Result<Exchange>> start(
        Pool& pool, const Endpoint& endpoint, const HttpRequest& request, PhaseDeadlines deadlines
    );

    // The steps of start(), for a task that does without one more around them. It switches itself
    // to throw_if_cancelled(false).

    explicit Exchange(Pool& pool);
    /// On an idle connection, else on a new one.
    Task<Result<void>> send(
        const Endpoint& endpoint, const HttpRequest& request, const PhaseDeadlines& deadlines
    );
    /// True where that failed because the idle connection was stale: send_anew().
    bool was_stale(const Result<void>& sent) const;
    /// On a new connection.
    Task<Result<void>> send_anew(
        const Endpoint& endpoint, const HttpRequest& request, PhaseDeadlines deadlines
    );

    Exchange(Exchange&&) noexcept;
    Exchange& operator=(Exchange&&) noexcept;
    ~Exchange();

    int status() const;
    const FieldLines& headers() const;
    bool reused() const;  ///< an idle connection served it

    /// The next piece of the body, dechunked, as it arrives; empty: the body is complete. The view
    /// lives until the next call. Past the deadline: idle_timeout,
    /// after which it may be called again. A connection that closes before
    /// the body is complete: stream_interrupted. Cancelled by the caller's task: cancelled.
    Task<Result<std::string_view>> read(TimePoint deadline);
    /// The next piece of what has arrived already, without waiting; empty: that was all of it, or
    /// the body is complete. Errors: stream_interrupted.
    Result<std::string_view> read_here();
    /// The rest of the body, if all of it has arrived; nullopt: read_all() awaits what is missing.
    std::optional<Result<std::string>> all_here(std::size_t limit);
    /// The rest of the body. bad_response where it grows past limit. A deadline passed:
    /// response_timeout; a body cut short: bad_response.
    Task<Result<std::string>> read_all(TimePoint deadline, std::size_t limit);

    /// Closes the connection now.
    void abort();

private:
    std::unique_ptr<Connection> connection_;
    Pool* pool_;
    bool reused_ = false;
    std::string gathered_;  // of the body, until all of it is here

    void give_back();
    std::optional<Result<std::string>> gather(
        const Result<std::string_view>& piece, std::size_t limit
    );
    std::unexpected<Error> too_long(std::size_t limit);
};

}  // namespace sluice
