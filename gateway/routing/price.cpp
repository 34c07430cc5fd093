#include "routing/router.hpp"

namespace sluice {

namespace {

bool has_price(const ModelOverride& model)
{
    return model.input_price || model.cached_price || model.output_price;
}

/// What the configuration says, over what the table says.
ModelInfo merged(const ModelInfo* known, const ModelOverride& configured)
{
    ModelInfo info = known ? *known : ModelInfo{};
    info.prices.input = configured.input_price.value_or(info.prices.input);
    info.prices.cached = configured.cached_price.value_or(info.prices.cached);
    info.prices.output = configured.output_price.value_or(info.prices.output);
    info.tier_above = 0;
    return info;
}

}  // namespace

std::optional<Cost> price(const Candidate& candidate, const Usage& usage)
{
    if (candidate.configured && has_price(*candidate.configured))
        return cost_of(usage, merged(candidate.known, *candidate.configured));
    return candidate.known ? cost_of(usage, *candidate.known) : std::nullopt;
}

}  // namespace sluice
