#pragma once

#include "config/config.hpp"
#include "core/error.hpp"
#include "core/time.hpp"
#include "resilience/circuit_breaker.hpp"
#include "resilience/retry_budget.hpp"
#include "telemetry/metrics.hpp"

#include <atomic>
#include <cstdint>
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

/// A time before which something is not to be asked again, and why. Lock-free.
class Cooldown {
public:
    /// Never shortens one that is running.
    void start(TimePoint until, ErrorKind why);
    /// The error that a call would meet now; nullopt where it may go ahead.
    std::optional<Error> refusal(TimePoint now) const;
    bool running(TimePoint now) const;
    void clear();

private:
    // The time with the kind in its lowest bits, so that both change at once.
    std::atomic<Clock::rep> until_and_why_{0};
};

/// The last failure of something: when and which. Lock-free.
class LastFailure {
public:
    struct Event {
        ErrorKind kind;
        std::int64_t at;  ///< milliseconds since 1970
    };
    void note(ErrorKind kind);
    std::optional<Event> read() const;

private:
    std::atomic<std::int64_t> time_and_kind_{0};
};

/// What a provider's configured key has to say for all its targets: refused, or an empty purse.
struct KeyHealth {
    Cooldown cooldown;
    std::atomic<std::int64_t> last_success{0};  ///< seconds since 1970; 0: never
};

/// The live state of one target. Lives as long as the process: a reload keeps it for the same
/// names.
struct Target {
    Target(
        std::string provider_name,
        std::string model_name,
        const RetryConfig& retry,
        const BreakerConfig& breaker_config,
        KeyHealth& key_health,
        TargetMetrics& target_metrics
    );

    const std::string provider;
    const std::string model;  ///< "other" for all models that the configuration does not name
    CircuitBreaker breaker;
    RetryBudget budget;
    Cooldown cooldown;  ///< rate limits of this model, and models that are gone
    KeyHealth& key;
    TargetMetrics& metrics;
    std::atomic<int> in_flight{0};
    std::atomic<std::uint64_t> calls{0};        ///< attempts that ended, with the configured key
    std::atomic<std::uint64_t> failures{0};     ///< of which failed
    std::atomic<std::int64_t> last_success{0};  ///< seconds since 1970; 0: never
    LastFailure last_failure;
    std::atomic<int> shutdown_told{0};  ///< the day, since 1970, when the log last heard of it

    /// Smoothed time to the first byte, seconds; 0 before the first answer.
    double latency() const { return latency_.load(std::memory_order_relaxed); }
    void record_latency(double seconds);
    /// One call has ended; nullopt: well. A caller who left is nobody's failure.
    void record_end(const std::optional<ErrorKind>& error);

    /// Fields this target refused before (JSON paths), left out from now on. At most 16 a model.
    std::vector<std::string> learned(std::string_view model_id) const;
    void learn(std::string_view model_id, std::string_view path);

private:
    std::atomic<double> latency_{0};
    mutable std::mutex mutex_;
    std::map<std::string, std::vector<std::string>, std::less<>> learned_;
    std::atomic<bool> has_learned_{false};  ///< most never do, and need no lock to tell
};

/// All targets of the process, by provider and model; made on demand, never freed.
class Targets {
public:
    explicit Targets(Metrics& metrics) : metrics_(metrics) {}
    /// The same object for the same names; a reload's new settings are taken over.
    Target& get(const ProviderConfig& provider, const std::string& model);
    KeyHealth& key(const std::string& provider);
    /// Every target there is, one after the other; visit must be quick.
    void each(const std::function<void(Target&)>& visit);

private:
    Metrics& metrics_;
    std::mutex mutex_;
    std::map<std::string, std::unique_ptr<KeyHealth>> keys_;
    std::map<std::pair<std::string, std::string>, std::unique_ptr<Target>> targets_;

    KeyHealth& key_locked(const std::string& provider);
};

}  // namespace sluice
