#pragma once

#include "admission/authenticator.hpp"
#include "admission/limit_headers.hpp"
#include "config/config.hpp"
#include "core/error.hpp"
#include "core/http.hpp"
#include "core/time.hpp"
#include "resilience/gcra.hpp"

#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

namespace sluice {

/// Why a request may not enter, with what its caller is told of the request rate.
struct LimitRefusal : Error {
    std::optional<LimitFacts> facts{};
};

/// The limits of one gateway key and what it has used of them.
class KeyLimits {
public:
    void configure(const GatewayKeyConfig& key);
    /// All limits are checked and charged together or not at all. The facts are of the request
    /// rate; none where that is unlimited.
    std::expected<std::optional<LimitFacts>, LimitRefusal> reserve(TimePoint now);
    /// The end of a request that was reserved for.
    void settle();

private:
    std::mutex mutex_;
    std::optional<Gcra> rate_;  // nullopt: unlimited
    double per_minute_ = 0;
    int burst_ = 0;
    int max_concurrency_ = 0;  // 0: unlimited
    int running_ = 0;
};

/// A request's place within its caller's limits: reserved when it came, settled when this goes.
class Admission {
public:
    Admission() = default;
    Admission(KeyLimits& limits, std::optional<LimitFacts> facts) : limits_(&limits), facts_(facts)
    {
    }
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
    ~Admission()
    {
        if (limits_) limits_->settle();
    }

    /// Of the request rate, for the response; none where that is unlimited.
    const std::optional<LimitFacts>& facts() const { return facts_; }

private:
    KeyLimits* limits_ = nullptr;
    std::optional<LimitFacts> facts_;
};

/// May this caller make one more request? In memory, for all workers; outlives its Admissions.
class Limiter {
public:
    /// Takes over the keys' limits. What keys of the same name have used so far stays used.
    void configure(const AuthConfig& config);
    /// ErrorKind::limited, with retry_after, where the caller is past its rate or its concurrency.
    std::expected<Admission, LimitRefusal> admit(const Caller& caller, TimePoint now);

private:
    std::mutex mutex_;
    std::map<std::string, std::unique_ptr<KeyLimits>, std::less<>> keys_;  // never freed
};

}  // namespace sluice
