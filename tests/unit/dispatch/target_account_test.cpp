#include "dispatch/target_account.hpp"

#include <gtest/gtest.h>

namespace sluice::test {
namespace {

using namespace std::chrono_literals;

struct OneTarget {
    Metrics metrics;
    KeyHealth key;
    Target target{
        "main",
        "model",
        RetryConfig{},
        {.min_requests = 1, .open_time = 0ms, .probes = 1},
        key,
        metrics.target("main", "model")
    };

    /// Opens the breaker, whose open time is over at once: the next call is a probe.
    void fail_once()
    {
        TargetAccount(target, target.breaker.admit(Clock::now()), 0ms)
            .settle(ErrorKind::server_error);
    }
    BreakerState state() const { return target.breaker.state(Clock::now()); }
};

TEST(TargetAccount, a_probe_has_its_verdict_with_the_first_token)
{
    OneTarget one;
    one.fail_once();
    TargetAccount stream(one.target, one.target.breaker.admit(Clock::now()), 0ms);
    EXPECT_EQ(one.state(), BreakerState::half_open);
    stream.answered();
    EXPECT_EQ(one.state(), BreakerState::closed);
    EXPECT_EQ(one.target.in_flight, 1);
    stream.settle(std::nullopt);
    EXPECT_EQ(one.target.in_flight, 0);
}

TEST(TargetAccount, a_call_that_nobody_settled_counts_for_nothing)
{
    OneTarget one;
    {
        TargetAccount left(one.target, one.target.breaker.admit(Clock::now()), 0ms);
        EXPECT_EQ(one.target.in_flight, 1);
    }
    EXPECT_EQ(one.target.in_flight, 0);
    EXPECT_EQ(one.state(), BreakerState::closed);
}

TEST(TargetAccount, the_target_remembers_its_last_failure_and_counts_them)
{
    OneTarget one;
    EXPECT_FALSE(one.target.last_failure.read());
    one.fail_once();
    TargetAccount(one.target, one.target.breaker.admit(Clock::now()), 0ms)
        .settle(ErrorKind::cancelled);
    TargetAccount(one.target, std::nullopt, 0ms).settle(ErrorKind::credential_refused);

    EXPECT_EQ(one.target.calls, 2U) << "the caller's own key is none of its business";
    EXPECT_EQ(one.target.failures, 1U) << "who left is no failure";
    const auto last = one.target.last_failure.read();
    ASSERT_TRUE(last);
    EXPECT_EQ(last->kind, ErrorKind::server_error);
    const auto now = std::chrono::system_clock::now().time_since_epoch() / 1ms;
    EXPECT_NEAR(static_cast<double>(last->at), static_cast<double>(now), 5000);
    EXPECT_EQ(one.target.last_success, 0);
}

TEST(TargetAccount, a_deadline_of_the_gateways_own_is_the_targets_slowness)
{
    EXPECT_EQ(blamed_on_target(ErrorKind::deadline_exceeded, false), ErrorKind::response_timeout);
    EXPECT_EQ(blamed_on_target(ErrorKind::deadline_exceeded, true), ErrorKind::deadline_exceeded);
    EXPECT_EQ(blamed_on_target(ErrorKind::rate_limited, false), ErrorKind::rate_limited);
}

}  // namespace
}  // namespace sluice::test
