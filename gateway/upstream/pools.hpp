#pragma once

#include "config/config.hpp"
#include "upstream/pool.hpp"

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

namespace sluice {

class TlsClients;

/// The pools of one worker, one for each provider: how many connections rest and whose certificates
/// are trusted is the provider's own setting.
class Pools {
public:
    Pools(asio::io_context& context, DeadlineTimer& timer, Resolver& resolver, TlsClients& tls)
        : context_(context), timer_(timer), resolver_(resolver), tls_(tls)
    {
    }

    /// Makes the pools of providers that are new and takes over the settings of the others. Pools
    /// of providers that are gone empty themselves. Throws where a CA file cannot be read.
    void configure(std::span<const ProviderConfig> providers);
    /// The pool of a provider that configure() has seen. On the worker only, like configure().
    Pool& of(const ProviderConfig& provider);

    struct Count {
        std::size_t idle = 0;
        std::size_t in_use = 0;
    };
    /// Adds the connections of each provider to its count; from any thread.
    void count(std::map<std::string, Count>& by_provider) const;

private:
    /// Of one provider. Other trust, other connections.
    struct Entry {
        std::string provider;
        std::string ca_file;
        std::unique_ptr<Pool> pool;
    };

    asio::io_context& context_;
    DeadlineTimer& timer_;
    Resolver& resolver_;
    TlsClients& tls_;
    /// Guards the list, which only the worker changes, against other threads' reading.
    mutable std::mutex mutex_;
    std::vector<Entry> pools_;

    Pool* find(const ProviderConfig& provider) const;
};

}  // namespace sluice
