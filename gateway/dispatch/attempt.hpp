#pragma once

#include "core/task.hpp"
#include "dispatch/course.hpp"
#include "dispatch/job.hpp"
#include "dispatch/request_context.hpp"
#include "upstream/exchange.hpp"

namespace sluice {

/// One try at one deployment, up to the commit point: the call is encoded, sent, and its answer
/// received by the job. An error has its provider filled in.
Task<Result<void>> attempt(Job& job, Pool& pool, Leg& leg, RequestContext& context);

}  // namespace sluice
