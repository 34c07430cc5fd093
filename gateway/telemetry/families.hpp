#pragma once

#include "telemetry/family.hpp"
#include "telemetry/log.hpp"
#include "telemetry/process.hpp"
#include "telemetry/trace_queue.hpp"

#include <prometheus/metric_type.h>

#include <utility>
#include <vector>

namespace sluice {

// Bounds in seconds (conventions section 8.1). Requests double from OpenTelemetry's smallest bound
// on, past its largest: reasoning models outlast it.
inline const Buckets request_bounds{
    0.01,
    0.02,
    0.04,
    0.08,
    0.16,
    0.32,
    0.64,
    1.28,
    2.56,
    5.12,
    10.24,
    20.48,
    40.96,
    81.92,
    163.84,
    327.68,
    655.36
};
inline const Buckets first_token_bounds{0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1,
                                        0.25,  0.5,   0.75, 1,    2.5,  5,    7.5,  10,
                                        15,    20,    30,   45,   60,   120};
inline const Buckets output_token_bounds{
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5
};
inline const Buckets overhead_bounds{
    0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1
};

/// Every metric that is kept, declared once. The page is tests/fixtures/metrics/names.txt.
struct MetricFamilies {
    template <class Metric>
    struct Declared : Family<Metric> {
        Declared(
            MetricFamilies& all,
            const char* name,
            const char* help,
            std::vector<std::string> labels = {},
            Buckets buckets = {}
        )
            : Family<Metric>(all.dropped, name, help, std::move(labels), std::move(buckets))
        {
            all.families.push_back(this);
        }
    };
    using Counters = Declared<Counter>;
    using Sums = Declared<Sum>;
    using Levels = Declared<Level>;
    using Gauges = Declared<Gauge>;
    using Histograms = Declared<Histogram>;

    std::vector<const prometheus::Collectable*> families;  ///< all those that follow
    Counter dropped;

    Counters requests{
        *this,
        "sluice_requests_total",
        "Requests finished, by how they ended",
        {"surface", "provider", "model", "outcome"}
    };
    Histograms request_duration{
        *this,
        "sluice_request_duration_seconds",
        "Time from a request's head to its last byte",
        {"surface", "provider", "model", "outcome"},
        request_bounds
    };
    Counters attempts{
        *this,
        "sluice_attempts_total",
        "Exchanges with providers, by how they ended",
        {"provider", "model", "outcome"}
    };
    Histograms attempt_duration{
        *this,
        "sluice_attempt_duration_seconds",
        "Time of one exchange with a provider",
        {"provider", "model", "outcome"},
        request_bounds
    };
    Counters retries{
        *this,
        "sluice_retries_total",
        "Further attempts at the same target, by the failure before",
        {"provider", "model", "reason"}
    };
    Counters fallbacks{
        *this,
        "sluice_fallbacks_total",
        "Requests that left this target for the next of their route, by the failure",
        {"provider", "model", "reason"}
    };
    Histograms first_token{
        *this,
        "sluice_time_to_first_token_seconds",
        "Time from a request's head to the first token of its answer",
        {"provider", "model"},
        first_token_bounds
    };
    Histograms per_output_token{
        *this,
        "sluice_time_per_output_token_seconds",
        "Mean time between the tokens of a stream after the first",
        {"provider", "model"},
        output_token_bounds
    };
    Histograms overhead{
        *this,
        "sluice_overhead_seconds",
        "Time of a request that was spent waiting neither for a provider nor for the caller",
        {"surface"},
        overhead_bounds
    };
    Counters tokens{
        *this,
        "sluice_tokens_total",
        "Tokens used; each is of one kind only, so that the kinds add up",
        {"provider", "model", "kind"}
    };
    Sums cost{
        *this,
        "sluice_cost_usd_total",
        "Cost of the tokens used at known prices, in US dollars",
        {"provider", "model", "kind"}
    };
    Counters malformed_events{
        *this,
        "sluice_malformed_events_total",
        "Events of streams that were skipped because they made no sense",
        {"provider", "model"}
    };
    Gauges breaker{
        *this,
        "sluice_breaker_state",
        "Circuit breaker of a target: 1 on its present state",
        {"provider", "model", "state"}
    };
    Gauges route_targets{
        *this,
        "sluice_route_targets",
        "Targets of a route that have a key or need none, by the state of their breakers",
        {"route", "state"}
    };
    Levels in_flight{*this, "sluice_in_flight_requests", "Requests being worked on", {"surface"}};
    Levels open_streams{*this, "sluice_open_streams", "Streams being relayed"};
    Gauges queue_depth{*this, "sluice_queue_depth", "Requests waiting to be admitted"};
    Gauges pool_connections{
        *this, "sluice_pool_connections", "Connections to providers", {"provider", "state"}
    };
    Gauges connections{*this, "sluice_connections", "Connections of callers"};
    Gauges store_up{
        *this, "sluice_store_up", "Whether the last access to the store succeeded", {"store"}
    };
    Counters rejected{
        *this,
        "sluice_rejected_total",
        "Requests turned away before any target was chosen",
        {"reason"}
    };
    Gauges reload_successful{
        *this,
        "sluice_config_last_reload_successful",
        "Whether the last load of the configuration succeeded"
    };
    Gauges reload_time{
        *this,
        "sluice_config_last_reload_success_timestamp_seconds",
        "When the configuration was last loaded, in seconds since 1970"
    };
    Gauges build_info{
        *this, "sluice_build_info", "1, labelled with the version of this program", {"version"}
    };
};

/// A metric without labels that is read at each scrape instead of kept.
struct Reading {
    const char* name;
    prometheus::MetricType type;
    const char* help;
    double (*read)();
};

inline constexpr Reading readings[] = {
    {"sluice_log_dropped_total",
     prometheus::MetricType::Counter,
     "Log lines dropped because the writer could not keep up",
     [] { return static_cast<double>(log_lines_dropped()); }},
    {"sluice_traces_dropped_total",
     prometheus::MetricType::Counter,
     "Spans that did not reach the collector: too many waited, or it was down or refused them",
     [] { return static_cast<double>(spans_dropped()); }},
    {"process_cpu_seconds_total",
     prometheus::MetricType::Counter,
     "User and system CPU time spent in seconds",
     &process::cpu_seconds},
    {"process_resident_memory_bytes",
     prometheus::MetricType::Gauge,
     "Resident memory size in bytes",
     &process::resident_bytes},
    {"process_virtual_memory_bytes",
     prometheus::MetricType::Gauge,
     "Virtual memory size in bytes",
     &process::virtual_bytes},
    {"process_open_fds", prometheus::MetricType::Gauge, "Open file descriptors", &process::open_fds
    },
    {"process_max_fds",
     prometheus::MetricType::Gauge,
     "Most file descriptors the process may open",
     &process::max_fds},
    {"process_start_time_seconds",
     prometheus::MetricType::Gauge,
     "Start of the process in seconds since 1970",
     &process::start_time},
};

}  // namespace sluice
