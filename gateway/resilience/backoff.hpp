#pragma once

#include "core/time.hpp"

namespace sluice {

/// Delay before retry n (1 = first): uniform in [0, min(cap, base * 2^(n-1))]: full jitter, so that
/// clients do not come back together. random is in [0, 1).
milliseconds backoff(int n, milliseconds base, milliseconds cap, double random);

/// A wait that the provider asked for, with up to 10 % on top, or all its clients return at once.
milliseconds jittered_wait(milliseconds asked, double random);

}  // namespace sluice
