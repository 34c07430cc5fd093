#pragma once

#include "config/config.hpp"
#include "core/time.hpp"
#include "routing/target.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace sluice {

/// A target of a route as far as its order goes.
struct Standing {
    double weight = 1;
    double latency = 0;      ///< seconds; 0: never tried
    bool resting = false;    ///< its breaker is open, or it or its key cools down
    bool preferred = false;  ///< serves what the caller asked for
};
Standing standing_of(const Target& target, double weight, TimePoint now);

/// The indices of the targets in the order to try them. fallback: as they stand. weighted: a random
/// permutation, in which each next one is drawn by weight. least_latency: the fastest first, after
/// those that nobody knows yet. Within that order, preferred ones go before the others, and resting
/// ones after all: a route whose targets all rest still has them. random is in [0, 1).
std::vector<std::size_t> order(std::span<const Standing> targets, Strategy strategy, double random);

}  // namespace sluice
