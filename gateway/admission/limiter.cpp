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
    const std::lock_guard lock(mutex_);
    max_concurrency_ = key.max_concurrency;
    per_minute_ = key.requests_per_minute;
    if (per_minute_ <= 0) {
        rate_.reset();
        return;
    }
    burst_ = key.burst > 0 ? key.burst
                           : std::max(1, static_cast<int>(std::min(std::ceil(per_minute_), 1e9)));
    if (rate_)
        rate_->reconfigure(per_minute_, burst_);
    else
        rate_.emplace(per_minute_, burst_);
}

std::expected<std::optional<LimitFacts>, LimitRefusal> KeyLimits::reserve(TimePoint now)
{
    const std::lock_guard lock(mutex_);
    if (max_concurrency_ > 0 && running_ >= max_concurrency_)
        return refuse(
            concat(
                "this key has ", std::to_string(running_), " requests running; that is its limit"
            ),
            milliseconds(1000)
        );
    std::optional<LimitFacts> facts;
    if (rate_) {
        const auto verdict = rate_->take(now);
        facts = {
            .limit = burst_,
            .window = milliseconds(std::llround(60'000.0 * burst_ / per_minute_)),
            .remaining = verdict.remaining,
            .reset = verdict.reset_after,
        };
        if (!verdict.admitted)
            return refuse(
                concat(
                    "this key may make ",
                    rate_text(per_minute_),
                    " requests a minute; the next in ",
                    short_duration(verdict.retry_after)
                ),
                verdict.retry_after,
                facts
            );
    }
    ++running_;
    return facts;
}

void KeyLimits::settle()
{
    const std::lock_guard lock(mutex_);
    --running_;
}

void Limiter::configure(const AuthConfig& config)
{
    const std::lock_guard lock(mutex_);
    for (const auto& key : config.keys) {
        auto& limits = keys_[key.name];
        if (!limits) limits = std::make_unique<KeyLimits>();
        limits->configure(key);
    }
}

std::expected<Admission, LimitRefusal> Limiter::admit(const Caller& caller, TimePoint now)
{
    KeyLimits* limits = nullptr;
    {
        const std::lock_guard lock(mutex_);
        const auto found = keys_.find(caller.name);
        if (found == keys_.end()) return Admission();  // the anonymous caller
        limits = found->second.get();
    }
    auto facts = limits->reserve(now);
    if (!facts) return std::unexpected(std::move(facts).error());
    return Admission(*limits, *facts);
}

}  // namespace sluice
