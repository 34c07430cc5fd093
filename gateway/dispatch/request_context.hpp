#pragma once

#include "core/http.hpp"
#include "core/ids.hpp"
#include "core/time.hpp"
#include "telemetry/access_log.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// One request on its way through dispatch: what every step has to know, and what each leaves
/// behind.
struct RequestContext {
    std::string request_id;
    RequestFields forwarded;  ///< sent with every attempt: x-request-id, traceparent, tracestate
    TimePoint deadline =
        TimePoint::max();          ///< of everything: backoff, queueing and fallbacks included
    bool caller_deadline = false;  ///< the caller set it, so what is left of it travels upstream
    std::string own_key;           ///< the caller's own provider key; empty: the configured one

    std::string_view operation{};        ///< "chat", "embeddings", ...; once it is known
    std::optional<TraceContext> span{};  ///< the request's own, where it is traced

    std::vector<AttemptRecord> attempts{};
    std::vector<std::string> warnings{};  ///< of the attempt that answers
    Clock::duration waited{};             ///< on upstreams and in backoff

    /// Of a traced request: the id of a new span below its own, for the next attempt. It travels
    /// upstream as the parent.
    std::string open_attempt_span();
};

}  // namespace sluice
