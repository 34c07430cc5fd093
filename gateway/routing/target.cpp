#include "routing/target.hpp"

#include <algorithm>

namespace sluice {

namespace {

constexpr Clock::rep kind_mask = 63;
static_assert(error_kind_count <= kind_mask + 1);

TimePoint until(Clock::rep packed)
{
    return TimePoint(Clock::duration(packed & ~kind_mask));
}

ErrorKind why(Clock::rep packed)
{
    return static_cast<ErrorKind>(packed & kind_mask);
}

std::string reason(ErrorKind kind)
{
    if (kind == ErrorKind::rate_limited) return "the provider asked for a pause after a rate limit";
    if (kind == ErrorKind::credential_refused) return "the provider refused the key a moment ago";
    if (kind == ErrorKind::quota_exhausted) return "the provider called the key's quota exhausted";
    if (kind == ErrorKind::model_gone) return "the provider said that it has no such model";
    return "the target is not to be asked for now";
}

}  // namespace

void Cooldown::start(TimePoint end, ErrorKind kind)
{
    const auto wanted =
        (end.time_since_epoch().count() & ~kind_mask) | static_cast<Clock::rep>(kind);
    auto present = until_and_why_.load(std::memory_order_relaxed);
    while (until(wanted) > until(present) &&
           !until_and_why_.compare_exchange_weak(present, wanted, std::memory_order_relaxed)) {
    }
}

bool Cooldown::running(TimePoint now) const
{
    return until(until_and_why_.load(std::memory_order_relaxed)) > now;
}

std::optional<Error> Cooldown::refusal(TimePoint now) const
{
    const auto packed = until_and_why_.load(std::memory_order_relaxed);
    if (until(packed) <= now) return std::nullopt;
    return Error{
        .kind = why(packed),
        .message = reason(why(packed)),
        .retry_after = std::chrono::ceil<milliseconds>(until(packed) - now),
    };
}

void Cooldown::clear()
{
    until_and_why_.store(0, std::memory_order_relaxed);
}

void LastFailure::note(ErrorKind kind)
{
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const auto ms = std::chrono::duration_cast<milliseconds>(now).count();
    time_and_kind_.store(ms * (kind_mask + 1) + static_cast<int>(kind), std::memory_order_relaxed);
}

std::optional<LastFailure::Event> LastFailure::read() const
{
    const auto packed = time_and_kind_.load(std::memory_order_relaxed);
    if (packed == 0) return std::nullopt;
    return Event{why(packed), packed / (kind_mask + 1)};
}

Target::Target(
    std::string provider_name,
    std::string model_name,
    const RetryConfig& retry,
    const BreakerConfig& breaker_config,
    KeyHealth& key_health,
    TargetMetrics& target_metrics
)
    : provider(std::move(provider_name)),
      model(std::move(model_name)),
      breaker(breaker_config),
      budget(retry.budget_ratio, retry.budget_burst),
      key(key_health),
      metrics(target_metrics)
{
}

void Target::record_latency(double seconds)
{
    constexpr double weight = 0.2;
    auto before = latency_.load(std::memory_order_relaxed);
    double smoothed = 0;
    do {
        smoothed = before == 0 ? seconds : before + weight * (seconds - before);
    } while (!latency_.compare_exchange_weak(before, smoothed, std::memory_order_relaxed));
}

void Target::record_end(const std::optional<ErrorKind>& error)
{
    calls.fetch_add(1, std::memory_order_relaxed);
    if (!error || *error == ErrorKind::cancelled) return;
    failures.fetch_add(1, std::memory_order_relaxed);
    last_failure.note(*error);
}

std::vector<std::string> Target::learned(std::string_view model_id) const
{
    if (!has_learned_.load(std::memory_order_acquire)) return {};
    const std::lock_guard lock(mutex_);
    const auto found = learned_.find(model_id);
    return found == learned_.end() ? std::vector<std::string>{} : found->second;
}

void Target::learn(std::string_view model_id, std::string_view path)
{
    constexpr std::size_t max_paths = 16;
    constexpr std::size_t max_models = 256;
    const std::lock_guard lock(mutex_);
    auto found = learned_.find(model_id);
    if (found == learned_.end()) {
        if (learned_.size() >= max_models) return;
        found = learned_.emplace(model_id, std::vector<std::string>{}).first;
    }
    auto& paths = found->second;
    if (paths.size() < max_paths && std::ranges::find(paths, path) == paths.end())
        paths.emplace_back(path);
    has_learned_.store(true, std::memory_order_release);
}

Target& Targets::get(const ProviderConfig& provider, const std::string& model)
{
    const std::lock_guard lock(mutex_);
    auto& target = targets_[{provider.name, model}];
    if (target) {
        target->breaker.reconfigure(provider.breaker);
        target->budget.reconfigure(provider.retry.budget_ratio, provider.retry.budget_burst);
    } else {
        target = std::make_unique<Target>(
            provider.name,
            model,
            provider.retry,
            provider.breaker,
            key_locked(provider.name),
            metrics_.target(provider.name, model)
        );
    }
    return *target;
}

KeyHealth& Targets::key(const std::string& provider)
{
    const std::lock_guard lock(mutex_);
    return key_locked(provider);
}

KeyHealth& Targets::key_locked(const std::string& provider)
{
    auto& key = keys_[provider];
    if (!key) key = std::make_unique<KeyHealth>();
    return *key;
}

void Targets::each(const std::function<void(Target&)>& visit)
{
    const std::lock_guard lock(mutex_);
    for (const auto& [name, target] : targets_) visit(*target);
}

}  // namespace sluice
