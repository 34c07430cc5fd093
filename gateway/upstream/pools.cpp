#include "upstream/pools.hpp"

#include "upstream/tls.hpp"

namespace sluice {

void Pools::configure(std::span<const ProviderConfig> providers)
{
    for (const auto& provider : providers) {
        if (!find(provider)) {
            auto& tls = tls_.get(provider.ca_file);
            auto pool = std::make_unique<Pool>(context_, timer_, resolver_, tls);
            const std::lock_guard lock(mutex_);
            pools_.push_back({provider.name, provider.ca_file, std::move(pool)});
        }
        of(provider).configure(provider.pool);
    }
}

Pool& Pools::of(const ProviderConfig& provider)
{
    return *find(provider);
}

Pool* Pools::find(const ProviderConfig& provider) const
{
    for (const auto& each : pools_)
        if (each.provider == provider.name && each.ca_file == provider.ca_file)
            return each.pool.get();
    return nullptr;
}

void Pools::count(std::map<std::string, Count>& by_provider) const
{
    const std::lock_guard lock(mutex_);
    for (const auto& each : pools_) {
        auto& count = by_provider[each.provider];
        count.idle += each.pool->idle();
        count.in_use += each.pool->in_use();
    }
}

}  // namespace sluice
