#pragma once

#include "core/task.hpp"
#include "dispatch/job.hpp"
#include "dispatch/request_context.hpp"
#include "dispatch/target_account.hpp"
#include "routing/router.hpp"
#include "upstream/pools.hpp"

#include <optional>

namespace sluice {

/// What answered.
struct Dispatched {
    const Candidate* candidate;  ///< into the plan
    TargetAccount account;       ///< to be settled when the answer has ended
};

/// The attempt loop: which target, again or the next, until one answers or none is left
/// (CONTRACT.md section 7). One per worker.
class Dispatcher {
public:
    Dispatcher(asio::io_context& context, Pools& pools) : context_(context), pools_(pools) {}

    /// Has the job done by the first candidate that can. Before it returns an error, every way out
    /// that the rules allow has been tried; the error is the first target's that was really asked
    /// (a fallback's trouble must not mask it), with the soonest retry_after of all.
    Task<Result<Dispatched>> run(Job& job, const Plan& plan, RequestContext& context);

private:
    Task<Result<void>> pause(milliseconds delay, RequestContext& context);

    asio::io_context& context_;
    Pools& pools_;
};

}  // namespace sluice
