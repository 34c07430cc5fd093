#include "admission/limiter.hpp"

#include <algorithm>
#include <cmath>

namespace sluice {

namespace {

std::unexpected<LimitRefusal> refuse(
    std::string message, milliseconds retry_after, std::optional<LimitFacts> facts = {}
)
{
    Error error{
        .kind = ErrorKind::limited, .message = std::move(message), .retry_after = retry_after
    };
    return std::unexpected(LimitRefusal{std::move(error), facts});
}

/// As people write a rate: 60, 0.5.
std::string rate_text(double per_minute)
{
    auto text = std::to_string(per_minute);
    text.erase(std::min(text.find_last_not_of('0') + 1, text.size()));
    if (text.ends_with('.')) text.pop_back();
    return text;
}

}  // namespace

void KeyLimits::configure(const GatewayKeyConfig& key)
{
    constexpr auto relaxed = std::memory_order_relaxed;
    const auto per_minute = std::max(key.requests_per_minute, 0.0);
    max_concurrency_.store(key.max_concurrency, relaxed);
    if (per_minute == 0) return per_minute_.store(0, relaxed);
    const int minutes_worth = std::max(1, static_cast<int>(std::min(std::ceil(per_minute), 1e9)));
    const int burst = key.burst > 0 ? key.burst : minutes_worth;
    burst_.store(burst, relaxed);
    window_.store(milliseconds(std::llround(60'000.0 * burst / per_minute)), relaxed);
    rate_.reconfigure(per_minute, burst);
    per_minute_.store(per_minute, std::memory_order_release);  // whoever sees it sees the rest
}

std::expected<Admission, LimitRefusal> KeyLimits::admit(TimePoint now)
{
    const auto max_concurrency = max_concurrency_.load(std::memory_order_relaxed);
    auto running = running_.load(std::memory_order_relaxed);
    do {
        if (max_concurrency > 0 && running >= max_concurrency)
            return refuse(
                concat(
                    "this key has ", std::to_string(running), " requests running; that is its limit"
                ),
                milliseconds(1000)
            );
    } while (!running_.compare_exchange_weak(running, running + 1, std::memory_order_relaxed));
    Admission place(*this);  // which is free again where the rate refuses

    const auto per_minute = per_minute_.load(std::memory_order_acquire);
    if (per_minute == 0) return place;
    const auto verdict = rate_.take(now);
    place.facts_ = {
        .limit = burst_.load(std::memory_order_relaxed),
        .window = window_.load(std::memory_order_relaxed),
        .remaining = verdict.remaining,
        .reset = verdict.reset_after,
    };
    if (verdict.admitted) return place;
    return refuse(
        concat(
            "this key may make ",
            rate_text(per_minute),
            " requests a minute; the next in ",
            short_duration(verdict.retry_after)
        ),
        verdict.retry_after,
        place.facts_
    );
}

void Limiter::configure(const AuthConfig& config)
{
    for (const auto& key : config.keys) of(key.name).configure(key);
}

KeyLimits& Limiter::of(const std::string& key_name)
{
    const std::lock_guard lock(mutex_);
    return keys_[key_name];
}

}  // namespace sluice
