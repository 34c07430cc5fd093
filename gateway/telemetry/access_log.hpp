#pragma once

#include "core/chat.hpp"
#include "core/deployment.hpp"
#include "core/error.hpp"
#include "core/short_text.hpp"
#include "core/time.hpp"
#include "telemetry/log.hpp"
#include "telemetry/metrics.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace sluice {

/// What became of one attempt, for the log line and the header x-sluice-attempts.
struct AttemptRecord {
    std::string provider{};
    std::string model{};
    std::optional<ErrorKind> error{};  ///< nullopt: it answered
    int status = 0;                    ///< the upstream's; 0: none came
    milliseconds took{0};              ///< from started to answered
    TimePoint started{};
    TimePoint answered{};  ///< its first token, of a stream; else as ended
    TimePoint ended{};
    bool stream = false;
    std::string_view provider_type{};
    ShortText<16> span_id{};  ///< this and the origin only where the request is traced
    Origin origin{};
};

/// The line of an answer's head: `x-sluice-attempts: openai/gpt-6-luna;outcome=upstream_overloaded;
/// status=503;ms=112, mistral/...;outcome=ok;status=200;ms=410`
void append_attempts_header(std::string& head, const std::vector<AttemptRecord>& attempts);

/// US dollars, and how they are written: worked out once for the header and the line.
struct Dollars {
    Dollars(double amount);
    operator double() const { return value; }

    double value;
    ShortText<32> text;
};

/// Everything one finished request leaves behind: its line in the log, one each.
struct AccessRecord {
    std::string request_id{};
    ShortText<32> trace_id{};
    ShortText<16> span_id{};
    ShortText<2> trace_flags{};
    std::string tenant{};
    Surface surface = Surface::operations;
    std::string method{};  ///< a token, as all that is served has one
    std::string path{};
    std::string provider{};  ///< that answered, or was tried last
    std::string model{};
    int status = 0;
    std::optional<ErrorKind> error{};
    std::string error_message{
    };  ///< the gateway's own words, never an upstream's or a caller's text
    std::vector<AttemptRecord> attempts{};
    bool stream = false;
    std::optional<milliseconds> ttft{};
    milliseconds duration{0};
    std::optional<Usage> usage{};
    std::optional<Dollars> cost_usd{};
    int malformed_events = 0;
};

LogLevel level_of(const AccessRecord& record);
/// Its line in the log, which tells that it ended at that time.
void write_access_line(
    LogLines& lines, const AccessRecord& record, std::chrono::system_clock::time_point ended
);

}  // namespace sluice
