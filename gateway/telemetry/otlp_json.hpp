#pragma once

#include "config/config.hpp"
#include "telemetry/request_trace.hpp"

#include <span>
#include <string>

namespace sluice {

/// The body of one export request (OTLP 1.x, JSON encoding of ExportTraceServiceRequest): a SERVER
/// span for each request, a CLIENT span for each of its attempts.
std::string otlp_json(std::span<const RequestTrace> batch, const TraceConfig& config);

}  // namespace sluice
