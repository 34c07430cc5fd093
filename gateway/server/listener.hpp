#pragma once

#include "config/config.hpp"
#include "core/deadline_timer.hpp"
#include "core/task.hpp"
#include "server/handler.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <atomic>
#include <memory>

namespace sluice {

/// What every listener of the process shares.
struct ConnectionCount {
    std::atomic<int> open{0};
    std::atomic<std::uint64_t> refused{0};  ///< closed at once because open had reached the limit
};

/// What sessions tell metrics: requests refused before any handler saw them, by reason.
class FrontDoorCounters {
public:
    virtual ~FrontDoorCounters() = default;
    virtual void rejected(std::string_view reason
    ) = 0;                                 ///< head_too_large, bad_framing, slow_head, ...
    virtual void trailers(int count) = 0;  ///< trailer fields dropped
};

/// Accepts connections for one worker on one address (SO_REUSEPORT) and owns their sessions.
class Listener {
public:
    /// Opens and binds. Throws boost::system::system_error with the address where that fails.
    Listener(
        asio::io_context& context,
        DeadlineTimer& timer,
        const asio::ip::tcp::endpoint& address,
        const ServerConfig& config,
        Handler& handler,
        FrontDoorCounters& counters,
        ConnectionCount& connections
    );
    ~Listener();

    void start();                             ///< begins to accept
    asio::ip::tcp::endpoint address() const;  ///< with the real port where 0 was asked for
    /// Accepts no more; idle sessions close, busy ones close after their current response.
    void drain();
    /// Breaks off every session: their handlers are cancelled.
    void stop();
    std::size_t sessions() const;  ///< still open

private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace sluice
