#pragma once

#include "core/chat.hpp"
#include "core/time.hpp"
#include "telemetry/access_log.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// What the spans of a request say beyond its line in the log. Never text of a prompt or an answer.
struct SpanDetails {
    std::string parent_span_id{};  ///< the caller's; empty: the trace begins here
    std::string state{};           ///< tracestate, as it came
    std::string_view route{};      ///< of the table of endpoints; empty: none
    std::string host{};            ///< as the caller wrote it
    std::string_view operation{};  ///< "chat", "embeddings", ...; empty: no provider was chosen
    std::string response_id{};
    std::string response_model{};
    std::vector<FinishReason> finish{};
    TimePoint arrived{};
    TimePoint ended{};
    /// What the clock on the wall says at `now` on ours.
    TimePoint now = Clock::now();
    std::chrono::system_clock::time_point wall = std::chrono::system_clock::now();
};

/// A finished request, as spans are made of it: one of its own and one for each attempt.
struct RequestTrace {
    AccessRecord record;
    SpanDetails details;

    std::size_t spans() const { return 1 + record.attempts.size(); }
};

}  // namespace sluice
