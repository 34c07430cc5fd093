#pragma once

#include "core/hand_over.hpp"
#include "core/time.hpp"
#include "telemetry/access_log.hpp"
#include "telemetry/duration_histogram.hpp"
#include "telemetry/log.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace sluice {

/// A request that ended, when, and who is to be told of it.
struct FinishedRequest {
    AccessRecord record{};
    TimePoint arrived{};
    std::optional<TimePoint> first_token{};
    TimePoint finished{};
    bool logged = false;
    bool listed = true;  ///< counted and shown by Activity
};

/// Requests of one span of time. Durations are those of requests that ended well.
struct ActivitySlice {
    std::int64_t number = -1;  ///< its place in time, in slice lengths
    std::uint64_t requests = 0;
    std::uint64_t errors = 0;  ///< of which failed; a caller that left is none
    DurationHistogram duration{};
    DurationHistogram first_token{};  ///< of streams

    void add(const ActivitySlice& other);
};

/// What one tenant's requests used of one model since the start.
struct ModelUsage {
    std::uint64_t requests = 0;
    std::uint64_t errors = 0;
    std::int64_t tokens_in = 0;
    std::int64_t tokens_out = 0;
    std::optional<double> cost_usd{};  ///< nullopt: no price was known

    void add(const ModelUsage& other);
};
struct ModelName {
    std::string provider;
    std::string model;
    auto operator<=>(const ModelName&) const = default;
};

/// Whose requests are looked at; nullopt: everybody's.
using TenantFilter = std::optional<std::string_view>;

/// One worker's part of the Activity and of the log. The worker only hands over what a request left
/// behind, without a lock. The log's thread makes the line of it, adds it up and gives the memory
/// back for another request; so does before that whoever reads, or logs something else on the
/// worker, and the worker itself where the log's thread does not keep up: nothing is lost but lines
/// that a full LogBuffer has no room for.
///
/// Memory: what is handed over and what is given back are at most `most_waiting` requests each, of
/// about 1 KB.
class ActivityLane : public LogBuffer {
public:
    static constexpr auto slice_length = std::chrono::seconds(2);
    static constexpr std::size_t slice_count = 150;
    static constexpr std::size_t recent_count = 200;
    static constexpr std::size_t max_usage_rows = 500;  ///< beyond: model "other"

    static constexpr std::size_t most_waiting = 1024;

    ActivityLane();
    ~ActivityLane() override;

    // Of the worker:
    /// One to be filled.
    std::unique_ptr<FinishedRequest> blank();
    void finished(std::unique_ptr<FinishedRequest> request);

private:
    friend class Activity;
    using UsageKey = std::tuple<std::string, std::string, std::string>;  // tenant, provider, model

    HandOver<FinishedRequest, most_waiting> finished_;
    HandOver<FinishedRequest, most_waiting> blank_;
    // Guarded by the mutex:
    std::uint64_t requests_ = 0;
    std::uint64_t errors_ = 0;
    std::array<ActivitySlice, slice_count + 1> slices_{};  // the complete ones and the present one
    std::map<UsageKey, ModelUsage, std::less<>> usage_;
    std::vector<std::unique_ptr<FinishedRequest>> recent_;
    std::size_t next_recent_ = 0;

    void make_lines() override;
    std::unique_lock<std::mutex> settle();
    void note(std::unique_ptr<FinishedRequest>& request);
    ModelUsage& usage_of(const AccessRecord& record);
};

/// What happened in the last five minutes and since the start, for who looks at /ui/.
class Activity {
public:
    /// A new part for a worker; before any reading.
    ActivityLane& add_lane();

    /// The complete slices up to now, oldest first, since the start at most.
    std::vector<ActivitySlice> slices(TimePoint now) const;
    std::map<ModelName, ModelUsage> usage(TenantFilter tenant) const;
    /// Newest first.
    std::vector<FinishedRequest> recent(TenantFilter tenant) const;
    /// Since the start: number 0, durations empty.
    ActivitySlice total() const;

    static std::int64_t slice_number(TimePoint time)
    {
        return time.time_since_epoch() / ActivityLane::slice_length;
    }

private:
    const std::int64_t first_slice_ = slice_number(Clock::now());
    std::vector<std::unique_ptr<ActivityLane>> lanes_;
};

}  // namespace sluice
