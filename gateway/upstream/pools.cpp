#include "upstream/pools.hpp"

#include "upstream/tls.hpp"

namespace sluice {

void Pools::configure(std::span<const ProviderConfig> providers)
{
    for (const auto& provider : providers) {
        Key key{provider.name, provider.ca_file};
        if (!pools_.contains(key)) {
            auto pool =
                std::make_unique<Pool>(context_, timer_, resolver_, tls_.get(provider.ca_file));
            const std::lock_guard lock(mutex_);
            pools_.emplace(key, std::move(pool));
        }
        pools_.at(key)->configure(provider.pool);
    }
}

Pool& Pools::of(const ProviderConfig& provider)
{
    return *pools_
                .find(std::pair<std::string_view, std::string_view>(provider.name, provider.ca_file)
                )
                ->second;
}

void Pools::count(std::map<std::string, Count>& by_provider) const
{
    const std::lock_guard lock(mutex_);
    for (const auto& [key, pool] : pools_) {
        auto& count = by_provider[key.first];
        count.idle += pool->idle();
        count.in_use += pool->in_use();
    }
}

}  // namespace sluice
