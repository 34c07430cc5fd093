#pragma once

#include "config/model_table.hpp"
#include "core/chat.hpp"
#include "core/error.hpp"

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice {

enum class Surface { connector, panel, sessions, assistants, openai, operations };
inline constexpr int surface_count = 6;
std::string_view to_string(Surface surface);

/// How a request or attempt ended, as a label: "ok" or code_of() of the error's kind.
using OutcomeIndex = int;  ///< 0: ok; 1 + static_cast<int>(kind)
inline constexpr int outcome_count = 1 + error_kind_count;
OutcomeIndex outcome_index(const std::optional<ErrorKind>& kind);
std::string_view outcome_name(OutcomeIndex index);

struct MetricFamilies;

/// The series of one target (provider, model); each is made at its first use and kept.
class TargetMetrics {
public:
    ~TargetMetrics();
    TargetMetrics(const TargetMetrics&) = delete;
    TargetMetrics& operator=(const TargetMetrics&) = delete;

    void request(Surface surface, OutcomeIndex outcome, double seconds);
    void attempt(OutcomeIndex outcome, double seconds);
    void retry(ErrorKind reason);
    void fallback(ErrorKind reason);  ///< from this target to the next
    void first_token(double seconds);
    void per_output_token(double seconds);
    void tokens(const Usage& usage);
    void cost(const Cost& cost);
    void malformed_event();
    /// "closed", "open", "half_open": 1 on the present state; set at each scrape.
    void breaker(std::string_view state);

private:
    friend class Metrics;
    struct Series;
    TargetMetrics(MetricFamilies& families, std::string provider, std::string model);

    MetricFamilies& families_;
    std::string provider_, model_;
    std::unique_ptr<Series> series_;
};

/// Every metric of the gateway (names, labels and buckets as conventions section 8.1; declared in
/// families.hpp). Handles are resolved before the hot path.
class Metrics {
public:
    Metrics();
    ~Metrics();

    /// The series of a target; the same object for the same names. Past the cap of targets, the
    /// series of model "other"; sluice_series_dropped_total counts.
    TargetMetrics& target(const std::string& provider, const std::string& model);

    /// Requests that reached no target (unknown provider, invalid, unauthorized, ...).
    void request_without_target(Surface surface, OutcomeIndex outcome, double seconds);
    void overhead(Surface surface, double seconds);
    void rejected(std::string_view reason);  ///< sluice_rejected_total
    void in_flight(Surface surface, int change);
    void open_streams(int change);
    /// Of every surface but operations.
    int requests_in_flight() const;
    int streams_open() const;
    void queue_depth(double waiting);
    void pool(std::string_view provider, double idle, double in_use);  ///< connections
    void connections(double open);
    void route_targets(std::string_view route, double closed, double open, double half_open);
    void store_up(std::string_view store, bool up);
    void reload(bool successful);

    /// Called at the start of each scrape to set gauges that are read rather than kept; {}: nothing
    /// is.
    void on_scrape(std::function<void(Metrics&)> refresh);
    /// Prometheus text format 0.0.4, with process_* metrics. Blocking: tens of milliseconds for
    /// tens of thousands of series, so not on an event loop. Safe from any thread.
    std::string render();

private:
    struct Handles;
    std::unique_ptr<MetricFamilies> families_;
    std::unique_ptr<Handles> handles_;
    std::unique_ptr<TargetMetrics> no_target_;
    std::mutex targets_mutex_;
    std::map<std::pair<std::string, std::string>, std::unique_ptr<TargetMetrics>> targets_;
    std::mutex scrape_mutex_;
    std::function<void(Metrics&)> refresh_;
};

}  // namespace sluice
