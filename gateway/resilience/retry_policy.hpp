#pragma once

#include "config/config.hpp"
#include "core/error.hpp"
#include "core/time.hpp"

namespace sluice {

enum class Verdict {
    retry_same,      ///< the same target, after Decision::delay
    retry_repaired,  ///< the same target at once, without the field that Error::repair names
    fall_back,       ///< the next target, at once
    give_up,         ///< the error is the answer
};

struct Decision {
    Verdict verdict;
    milliseconds delay{0};
};

/// All that a verdict depends on beside the error.
struct Situation {
    int tries = 1;              ///< of this target, the failed one included
    bool repaired = false;      ///< this request has had its one repair
    bool budget_left = true;    ///< the target's retry budget
    bool fall_back_on_filter = false;
    milliseconds remaining{};  ///< until the request's deadline
};

/// CONTRACT.md section 7 and provider-apis.md section 8, as one decision. random is in [0, 1).
/// fall_back is also the verdict where no target is left; the caller then ends with the error.
Decision decide(
    const Error& error, const RetryConfig& config, const Situation& situation, double random
);

}  // namespace sluice
