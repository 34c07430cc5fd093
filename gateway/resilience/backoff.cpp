#include "resilience/backoff.hpp"

#include <algorithm>
#include <cmath>

namespace sluice {

milliseconds backoff(int n, milliseconds base, milliseconds cap, double random)
{
    // In floating point, where doubling ends in infinity instead of wrapping round.
    const auto grown = std::ldexp(static_cast<double>(base.count()), std::max(n, 1) - 1);
    const auto ceiling = std::min(grown, static_cast<double>(cap.count()));
    return milliseconds(static_cast<milliseconds::rep>(ceiling * random));
}

milliseconds jittered_wait(milliseconds asked, double random)
{
    return asked + milliseconds(std::llround(static_cast<double>(asked.count()) * 0.1 * random));
}

}  // namespace sluice
