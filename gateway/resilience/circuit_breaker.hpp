#pragma once

#include "config/config.hpp"
#include "core/error.hpp"
#include "core/time.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string_view>

namespace sluice {

enum class BreakerState { closed, open, half_open };
std::string_view to_string(BreakerState state);

/// Stops calls to a target that keeps failing. Closed: counts failures and slow calls over a
/// sliding window of ten slices; past the rate, with the minimum volume, it opens. Open: admits
/// nothing for open_time, which doubles (with jitter, up to max_open_time) with each re-opening.
/// Half-open: admits up to `probes` calls at a time; as many successes in a row close it, one
/// failure re-opens it. Time and randomness are given; safe from several threads. Lock-free while
/// it is closed and calls end well.
class CircuitBreaker {
public:
    explicit CircuitBreaker(const BreakerConfig& config);

    /// Says which life of the breaker a call was admitted in: a late answer of an earlier one does
    /// not count as a probe.
    using Permit = std::uint64_t;
    /// nullopt: not admitted. Every permit must come back by exactly one record().
    std::optional<Permit> admit(TimePoint now);

    /// neutral: the caller's fault, a 429, a caller who left: it frees a probe's place and counts
    /// nothing.
    enum class Outcome { success, failure, slow, neutral };
    void record(Permit permit, Outcome outcome, TimePoint now, double random);

    /// True where the permit is that of a probe: the others wait for its verdict.
    bool is_probe(Permit permit) const;

    /// half_open as soon as the open time is over, whether or not a call has come since.
    BreakerState state(TimePoint now) const;
    /// How long until it may admit again; zero unless open.
    milliseconds retry_after(TimePoint now) const;
    void reconfigure(const BreakerConfig& config);

private:
    /// How many calls ended so in one slice of the window.
    struct Tally {
        std::uint32_t slice = 0;
        std::uint32_t calls = 0;
    };
    using Window = std::array<std::atomic<Tally>, 10>;

    /// The life's number with its state in the lowest bits. Changes under the mutex only.
    std::atomic<Permit> life_{0};
    std::atomic<Clock::duration> slice_width_;  // zero: switched off
    Window calls_{}, failures_{}, slow_{};

    mutable std::mutex mutex_;  // of what follows
    BreakerConfig config_;
    TimePoint open_until_{};
    int reopenings_ = 0;
    int probes_out_ = 0;
    int probe_successes_ = 0;

    static BreakerState state_of(Permit life);
    Permit life() const { return life_.load(std::memory_order_acquire); }
    void enter(BreakerState state);
    void open(TimePoint now, double random);
    void judge(Permit permit, std::uint32_t slice, TimePoint now, double random);
    void count_probe(Permit permit, Outcome outcome, TimePoint now, double random);
    void forget_window();
    static void add(Window& window, std::uint32_t slice);
    static int sum(const Window& window, std::uint32_t slice);
};

/// Whether a failure of this kind says that the target is ill (provider-apis.md section 8).
bool counts_against_breaker(ErrorKind kind);

}  // namespace sluice
