#include "dispatch/request_context.hpp"

namespace sluice {

ShortText<16> RequestContext::open_attempt_span()
{
    trace = child_of(trace);
    return trace.span_id;
}

}  // namespace sluice
