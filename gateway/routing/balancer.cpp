#include "routing/balancer.hpp"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <utility>

namespace sluice {

namespace {

/// Draws one after the other. Where a draw falls within the winner's share is as random as the draw
/// itself, so one random number does for all.
void shuffle_by_weight(
    std::vector<std::size_t>& indices, std::span<const Standing> targets, double random
)
{
    const auto weight = [&](std::size_t index) { return std::max(0.0, targets[index].weight); };
    for (auto next = indices.begin(); next != indices.end(); ++next) {
        const double total = std::accumulate(next, indices.end(), 0.0, [&](double sum, auto index) {
            return sum + weight(index);
        });
        if (total <= 0) return;  // those of weight 0 come last, as they stand
        double at = random * total;
        auto drawn = next;
        while (at >= weight(*drawn) && std::next(drawn) != indices.end()) at -= weight(*drawn++);
        if (weight(*drawn) > 0) random = std::clamp(at / weight(*drawn), 0.0, 1.0);
        std::rotate(next, drawn, std::next(drawn));
    }
}

}  // namespace

Standing standing_of(const Target& target, double weight, TimePoint now)
{
    return {
        .weight = weight,
        .latency = target.latency(),
        .resting = target.breaker.state(now) == BreakerState::open ||
                   target.cooldown.running(now) || target.key.cooldown.running(now),
    };
}

std::vector<std::size_t> order(std::span<const Standing> targets, Strategy strategy, double random)
{
    std::vector<std::size_t> indices(targets.size());
    std::iota(indices.begin(), indices.end(), 0);
    switch (strategy) {
        case Strategy::fallback: break;
        case Strategy::weighted: shuffle_by_weight(indices, targets, random); break;
        case Strategy::least_latency:
            std::ranges::sort(indices, {}, [&](auto index) {
                return std::pair(targets[index].latency, index);
            });
            break;
    }
    std::vector<std::size_t> ordered;
    for (const auto& [resting, preferred] :
         {std::pair(false, true), {false, false}, {true, true}, {true, false}})
        std::ranges::copy_if(indices, std::back_inserter(ordered), [&](auto index) {
            return targets[index].resting == resting && targets[index].preferred == preferred;
        });
    return ordered;
}

}  // namespace sluice
