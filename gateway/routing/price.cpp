#include "routing/router.hpp"

namespace sluice {

namespace {

bool has_price(const ModelOverride& model)
{
    return model.input_price || model.cached_price || model.output_price;
}

/// What the configuration says, over what the table says without its tiers.
Prices merged(const ModelInfo* known, const ModelOverride& configured)
{
    auto prices = known ? known->prices : Prices{};
    prices.input = configured.input_price.value_or(prices.input);
    prices.cached = configured.cached_price.value_or(prices.cached);
    prices.output = configured.output_price.value_or(prices.output);
    return prices;
}

}  // namespace

std::optional<Cost> price(const Candidate& candidate, const Usage& usage)
{
    if (candidate.configured && has_price(*candidate.configured))
        return cost_of(usage, merged(candidate.known, *candidate.configured));
    return candidate.known ? cost_of(usage, *candidate.known) : std::nullopt;
}

}  // namespace sluice
