#pragma once

#include "config/config.hpp"
#include "config/findings.hpp"
#include "config/variables.hpp"

#include <string>
#include <vector>

namespace sluice {

/// Overlays the settings of traces with the variables that every OpenTelemetry exporter heeds
/// (OTEL_EXPORTER_OTLP_ENDPOINT ...). They are often set for all programs of a machine at once, so
/// what cannot be used gives a warning that names the variable, and counts as unset.
void read_otel_variables(
    const Variables& variables,
    TraceConfig& traces,
    Places& places,
    std::vector<std::string>& warnings
);

}  // namespace sluice
