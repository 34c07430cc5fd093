#pragma once

#include "core/short_text.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace sluice {

/// A new request id: a UUID of version 7, so that ids sort by the time they were made.
std::string new_request_id();
void append_request_id(std::string& out);
/// True for ids of callers that are safe to echo and to log: [A-Za-z0-9._:-]{1,128}.
bool sane_request_id(std::string_view id);
/// A new id for something that is kept and asked for by it, such as "resp_…": the prefix and 48
/// hexadecimal digits that nobody can guess.
std::string new_object_id(std::string_view prefix);

/// Where a request stands in a distributed trace (W3C Trace Context); all lower-case hexadecimal.
struct TraceContext {
    ShortText<32> trace_id;
    ShortText<16> span_id;  ///< of a parsed header, the caller's span
    ShortText<2> flags;
};

/// nullopt for a malformed header, which counts as none.
std::optional<TraceContext> parse_traceparent(std::string_view header);
ShortText<55> format_traceparent(const TraceContext& trace);
/// The first span of a new trace, sampled.
TraceContext new_trace();
/// A new span below the given one.
TraceContext child_of(const TraceContext& parent);
bool is_sampled(const TraceContext& trace);
void set_sampled(TraceContext& trace, bool sampled);

/// Uniform in [0, 1), for jitter.
double random_unit();

}  // namespace sluice
