#include "dispatch/request_context.hpp"

namespace sluice {

std::string RequestContext::open_attempt_span()
{
    auto attempt = child_of(*span);
    forwarded.replace("traceparent", {"traceparent", format_traceparent(attempt)});
    return std::move(attempt.span_id);
}

}  // namespace sluice
