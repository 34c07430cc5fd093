#pragma once

#include "core/task.hpp"
#include "dispatch/job.hpp"
#include "dispatch/request_context.hpp"
#include "routing/router.hpp"
#include "upstream/exchange.hpp"

namespace sluice {

/// One try at one deployment, up to the commit point: the call is encoded, sent, and its answer
/// received by the job. An error has its provider filled in.
Task<Result<void>> attempt(
    Job& job,
    Pool& pool,
    const Candidate& candidate,
    const Endpoint& endpoint,
    LeftOut left_out,
    RequestContext& context
);

}  // namespace sluice
