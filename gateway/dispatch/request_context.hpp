#pragma once

#include "core/ids.hpp"
#include "core/time.hpp"
#include "telemetry/access_log.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// One request on its way through dispatch: what every step has to know, and what each leaves
/// behind.
struct RequestContext {
    std::string_view request_id{};  ///< the account's; sent with every attempt, as are the next two
    TraceContext trace{};  ///< the request's own; where it is traced, the present attempt's
    std::string_view trace_state{};  ///< of the caller's head; empty: none
    TimePoint deadline =
        TimePoint::max();          ///< of everything: backoff, queueing and fallbacks included
    bool caller_deadline = false;  ///< the caller set it, so what is left of it travels upstream
    std::string own_key;           ///< the caller's own provider key; empty: the configured one

    std::string_view operation{};  ///< "chat", "embeddings", ...; once it is known
    bool traced = false;

    std::vector<AttemptRecord> attempts{};
    std::vector<std::string> warnings{};  ///< of the attempt that answers
    Clock::duration waited{};             ///< on upstreams and in backoff
};

}  // namespace sluice
