#include "resilience/circuit_breaker.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace sluice {
namespace {

using enum CircuitBreaker::Outcome;

constexpr TimePoint start{1000h};

BreakerConfig settings()
{
    return {
        .window = 10s,
        .min_requests = 4,
        .failure_rate = 0.5,
        .slow_rate = 0.8,
        .open_time = 5s,
        .max_open_time = 15s,
        .probes = 2,
    };
}

class Breaker : public testing::Test {
protected:
    CircuitBreaker breaker{settings()};

    bool call(CircuitBreaker::Outcome outcome, TimePoint now)
    {
        const auto permit = breaker.admit(now);
        if (permit) breaker.record(*permit, outcome, now, 0);
        return permit.has_value();
    }
    void trip(TimePoint now)
    {
        for (int i = 0; i < 4; ++i) call(failure, now);
    }
};

TEST_F(Breaker, stays_closed_below_the_minimum_volume)
{
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(call(failure, start));
    EXPECT_EQ(breaker.state(start), BreakerState::closed);
    EXPECT_TRUE(call(failure, start));
    EXPECT_EQ(breaker.state(start), BreakerState::open);
}

TEST_F(Breaker, stays_closed_below_the_failure_rate)
{
    for (int i = 0; i < 6; ++i) call(success, start);
    for (int i = 0; i < 5; ++i) call(failure, start);
    EXPECT_EQ(breaker.state(start), BreakerState::closed);
    call(failure, start);
    EXPECT_EQ(breaker.state(start), BreakerState::open);
}

TEST_F(Breaker, opens_on_slow_calls_past_their_own_rate)
{
    call(success, start);
    for (int i = 0; i < 3; ++i) call(slow, start);
    EXPECT_EQ(breaker.state(start), BreakerState::closed);
    call(slow, start);
    EXPECT_EQ(breaker.state(start), BreakerState::open);
}

TEST_F(Breaker, forgets_what_left_the_window)
{
    for (int i = 0; i < 3; ++i) call(failure, start);
    call(failure, start + 13s);
    EXPECT_EQ(breaker.state(start + 13s), BreakerState::closed);
    for (int i = 0; i < 3; ++i) call(failure, start + 19s);
    EXPECT_EQ(breaker.state(start + 19s), BreakerState::open);
}

TEST_F(Breaker, neutral_outcomes_count_nothing)
{
    for (int i = 0; i < 3; ++i) call(failure, start);
    for (int i = 0; i < 100; ++i) call(neutral, start);
    EXPECT_EQ(breaker.state(start), BreakerState::closed);
    call(failure, start);
    EXPECT_EQ(breaker.state(start), BreakerState::open);
}

TEST_F(Breaker, admits_nothing_until_the_open_time_is_over)
{
    trip(start);
    EXPECT_FALSE(breaker.admit(start));
    EXPECT_EQ(breaker.retry_after(start), 5s);
    EXPECT_EQ(breaker.retry_after(start + 3s), 2s);
    EXPECT_FALSE(breaker.admit(start + 4999ms));
    EXPECT_EQ(breaker.state(start + 5s), BreakerState::half_open);
    EXPECT_EQ(breaker.retry_after(start + 5s), 0ms);
    EXPECT_TRUE(breaker.admit(start + 5s));
}

TEST_F(Breaker, half_open_admits_as_many_probes_at_a_time)
{
    trip(start);
    const auto now = start + 5s;
    const auto first = breaker.admit(now);
    ASSERT_TRUE(first);
    ASSERT_TRUE(breaker.admit(now));
    EXPECT_FALSE(breaker.admit(now));
    breaker.record(*first, neutral, now, 0);
    EXPECT_TRUE(breaker.admit(now));
    EXPECT_FALSE(breaker.admit(now));
}

TEST_F(Breaker, enough_successful_probes_close_it_with_a_clean_window)
{
    trip(start);
    const auto now = start + 5s;
    call(success, now);
    EXPECT_EQ(breaker.state(now), BreakerState::half_open);
    call(success, now);
    EXPECT_EQ(breaker.state(now), BreakerState::closed);
    for (int i = 0; i < 3; ++i) call(failure, now);
    EXPECT_EQ(breaker.state(now), BreakerState::closed);
}

TEST_F(Breaker, one_failed_or_slow_probe_opens_it_again)
{
    for (const auto outcome : {failure, slow}) {
        CircuitBreaker fresh(settings());
        for (int i = 0; i < 4; ++i) fresh.record(*fresh.admit(start), failure, start, 0);
        const auto now = start + 5s;
        fresh.record(*fresh.admit(now), success, now, 0);
        fresh.record(*fresh.admit(now), outcome, now, 0);
        EXPECT_EQ(fresh.state(now), BreakerState::open);
    }
}

TEST_F(Breaker, open_time_doubles_up_to_its_maximum_and_begins_anew_after_closing)
{
    trip(start);
    auto now = start;
    for (const auto expected : {5s, 10s, 15s, 15s}) {
        EXPECT_EQ(breaker.retry_after(now), expected);
        now += expected;
        call(failure, now);
    }
    now += 15s;
    call(success, now);
    call(success, now);
    trip(now);
    EXPECT_EQ(breaker.retry_after(now), 5s);
}

TEST_F(Breaker, jitter_shortens_the_open_time_by_up_to_a_fifth)
{
    for (int i = 0; i < 4; ++i) breaker.record(*breaker.admit(start), failure, start, 0.5);
    EXPECT_EQ(breaker.retry_after(start), 4500ms);
}

TEST_F(Breaker, a_late_answer_of_an_earlier_life_is_no_probe)
{
    const auto late = breaker.admit(start);
    trip(start);
    breaker.record(*late, success, start, 0);
    EXPECT_EQ(breaker.state(start), BreakerState::open);

    const auto now = start + 5s;
    const auto probe = breaker.admit(now);
    breaker.record(*late, failure, now, 0);
    EXPECT_EQ(breaker.state(now), BreakerState::half_open);
    breaker.record(*probe, success, now, 0);
    call(success, now);
    EXPECT_EQ(breaker.state(now), BreakerState::closed);
}

TEST_F(Breaker, switched_off_it_admits_all_and_switching_off_closes_it)
{
    trip(start);
    auto off = settings();
    off.enabled = false;
    breaker.reconfigure(off);
    for (int i = 0; i < 100; ++i) EXPECT_TRUE(call(failure, start));
    EXPECT_EQ(breaker.state(start), BreakerState::closed);
}

TEST_F(Breaker, new_settings_keep_an_open_breaker_open)
{
    trip(start);
    breaker.reconfigure(settings());
    EXPECT_FALSE(breaker.admit(start));
}

TEST_F(Breaker, several_threads_get_no_more_probes_than_allowed)
{
    trip(start);
    std::atomic<int> admitted{0};
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&] {
            for (int j = 0; j < 1000; ++j) admitted += breaker.admit(start + 5s).has_value();
        });
    threads.clear();
    EXPECT_EQ(admitted, 2);
}

TEST_F(Breaker, several_threads_lose_no_call)
{
    auto exact = settings();
    exact.min_requests = 4000;
    exact.failure_rate = 1;
    breaker.reconfigure(exact);
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&, i] {
            for (int j = i == 0; j < 1000; ++j) call(failure, start + 1s * (j % 9));
        });
    threads.clear();
    EXPECT_EQ(breaker.state(start), BreakerState::closed);
    call(failure, start + 8s);
    EXPECT_EQ(breaker.state(start + 8s), BreakerState::open);
}

TEST(CountsAgainstBreaker, illness_does_and_the_callers_fault_does_not)
{
    for (const auto kind :
         {ErrorKind::connect_timeout,
          ErrorKind::response_timeout,
          ErrorKind::first_token_timeout,
          ErrorKind::idle_timeout,
          ErrorKind::unreachable,
          ErrorKind::overloaded,
          ErrorKind::server_error,
          ErrorKind::bad_response,
          ErrorKind::stream_interrupted})
        EXPECT_TRUE(counts_against_breaker(kind)) << code_of(kind);
    for (const auto kind :
         {ErrorKind::invalid_request,
          ErrorKind::rejected,
          ErrorKind::rate_limited,
          ErrorKind::quota_exhausted,
          ErrorKind::credential_refused,
          ErrorKind::model_gone,
          ErrorKind::context_too_long,
          ErrorKind::content_filtered,
          ErrorKind::unsupported_parameter,
          ErrorKind::deadline_exceeded,
          ErrorKind::cancelled})
        EXPECT_FALSE(counts_against_breaker(kind)) << code_of(kind);
}

}  // namespace
}  // namespace sluice
