#pragma once

#include "core/error.hpp"
#include "core/task.hpp"
#include "core/time.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace sluice {

/// Names to addresses, for all workers: a few threads of its own that may wait in getaddrinfo,
/// which nothing can cancel, and a cache in front. Safe to use from any worker; outlives them all.
class Resolver {
public:
    using Addresses = std::vector<asio::ip::address>;
    using Endpoints = std::vector<asio::ip::tcp::endpoint>;
    using Lookup = std::function<Result<Addresses>(const std::string& host)>;  ///< may block

    static constexpr milliseconds positive_ttl = std::chrono::seconds(30);
    static constexpr milliseconds negative_ttl = std::chrono::seconds(5);
    /// For so long after the last success an old answer is better than waiting, or than none.
    static constexpr milliseconds stale_ttl = std::chrono::minutes(5);

    struct Options {
        int threads = 3;
        Lookup lookup = &Resolver::system_lookup;
        std::function<TimePoint()> now = &Clock::now;
    };

    Resolver() : Resolver(Options{}) {}
    explicit Resolver(Options options);
    ~Resolver();

    /// The addresses to try, in order; never empty. Whoever waits leaves at the deadline or when
    /// cancelled, at once; the lookup goes on and fills the cache.
    /// Errors: unreachable, connect_timeout, cancelled.
    Task<Result<Endpoints>> resolve(
        const std::string& host, std::uint16_t port, TimePoint deadline
    );

    static Result<Addresses> system_lookup(const std::string& host);

private:
    struct State;
    std::shared_ptr<State>
        state_;  // shared with the threads: one may still be stuck in a lookup at the end
};

}  // namespace sluice
