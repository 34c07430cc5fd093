#pragma once

#include "admission/limit_headers.hpp"
#include "config/config.hpp"
#include "core/error.hpp"
#include "core/http.hpp"
#include "core/time.hpp"
#include "resilience/gcra.hpp"

#include <atomic>
#include <expected>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

namespace sluice {

/// Why a request may not enter, with what its caller is told of the request rate.
struct LimitRefusal : Error {
    std::optional<LimitFacts> facts{};
};

class KeyLimits;

/// A request's place within the limits of its key: taken when it came, free again when this goes.
class Admission {
public:
    Admission() = default;
    explicit Admission(KeyLimits& limits) : limits_(&limits) {}
    Admission(Admission&& other) noexcept
        : limits_(std::exchange(other.limits_, nullptr)), facts_(other.facts_)
    {
    }
    Admission& operator=(Admission&& other) noexcept
    {
        std::swap(limits_, other.limits_);
        std::swap(facts_, other.facts_);
        return *this;
    }
    ~Admission();

    /// Of the request rate, for the response; none where that is unlimited.
    const std::optional<LimitFacts>& facts() const { return facts_; }

private:
    friend class KeyLimits;
    KeyLimits* limits_ = nullptr;
    std::optional<LimitFacts> facts_;
};

/// The limits of one gateway key and what it has used of them, by all workers. Lock-free.
class KeyLimits {
public:
    void configure(const GatewayKeyConfig& key);
    /// May the key make one more request? All limits are checked and charged together or not at
    /// all. ErrorKind::limited, with retry_after, where it is past its rate or its concurrency.
    std::expected<Admission, LimitRefusal> admit(TimePoint now);

private:
    friend class Admission;

    std::atomic<int> max_concurrency_{0};  // 0: unlimited
    std::atomic<int> running_{0};
    std::atomic<double> per_minute_{0};  // 0: unlimited
    std::atomic<int> burst_{0};
    std::atomic<milliseconds> window_{};
    Gcra rate_{1, 1};
};

inline Admission::~Admission()
{
    if (limits_) limits_->running_.fetch_sub(1, std::memory_order_relaxed);
}

/// The limits of all gateway keys, in memory. They last as long as this, so that a reload keeps
/// what keys of the same name have used so far.
class Limiter {
public:
    /// Takes over the keys' limits.
    void configure(const AuthConfig& config);
    /// Those of the key of this name, which are none until it is configured.
    KeyLimits& of(const std::string& key_name);

private:
    std::mutex mutex_;
    std::map<std::string, KeyLimits> keys_;  // never freed
};

}  // namespace sluice
