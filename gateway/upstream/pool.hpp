#pragma once

#include "config/config.hpp"
#include "core/deadline_timer.hpp"
#include "core/deployment.hpp"
#include "core/error.hpp"
#include "core/task.hpp"
#include "core/time.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace sluice {

class Connection;
class Resolver;
class TlsClient;

/// The idle connections of one worker, by origin and identity. A caller's own provider key is an
/// identity of its own (a digest, in memory only), so its connections are never another caller's.
class Pool {
public:
    Pool(asio::io_context& context, DeadlineTimer& timer, Resolver& resolver, TlsClient& tls);
    ~Pool();

    /// An idle connection to the endpoint's origin; nullptr where there is none.
    std::unique_ptr<Connection> take_idle(const Endpoint& endpoint, TimePoint now);
    /// A new connection. Errors: unreachable, connect_timeout, cancelled.
    Task<Result<std::unique_ptr<Connection>>> connect(const Endpoint& endpoint, TimePoint deadline);
    /// Takes back a connection of either kind whose last response was read to its end; closes it
    /// where it is not reusable or enough are idle.
    void release(std::unique_ptr<Connection> connection);
    /// How many idle connections to keep per origin and for how long.
    void configure(const PoolConfig& config);
    void close_idle();

    std::size_t idle() const;
    std::size_t in_use() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace sluice
