#include "resilience/retry_policy.hpp"

#include <gtest/gtest.h>

#include <set>

namespace sluice {
namespace {

using enum Verdict;

const RetryConfig settings{
    .max_attempts = 3, .base_delay = 100ms, .max_delay = 1s, .max_wait = 60s
};
const Situation first_try{.remaining = 600s};

Decision decide_on(Error error, const Situation& situation = first_try, double random = 0.5)
{
    return decide(error, settings, situation, random);
}

TEST(RetryPolicy, each_kind_has_its_verdict_on_the_first_failure)
{
    const struct {
        ErrorKind kind;
        Verdict verdict;
    } cases[] = {
        {ErrorKind::malformed, give_up},
        {ErrorKind::invalid_request, give_up},
        {ErrorKind::unauthorized, give_up},
        {ErrorKind::not_found, give_up},
        {ErrorKind::method_not_allowed, give_up},
        {ErrorKind::unknown_provider, give_up},
        {ErrorKind::payload_too_large, give_up},
        {ErrorKind::unfit, fall_back},
        {ErrorKind::cancelled, give_up},
        {ErrorKind::internal, give_up},
        {ErrorKind::limited, give_up},
        {ErrorKind::overloaded_here, give_up},
        {ErrorKind::circuit_open, fall_back},
        {ErrorKind::not_configured, fall_back},
        {ErrorKind::connect_timeout, retry_same},
        {ErrorKind::response_timeout, fall_back},
        {ErrorKind::first_token_timeout, fall_back},
        {ErrorKind::idle_timeout, fall_back},
        {ErrorKind::deadline_exceeded, give_up},
        {ErrorKind::unreachable, retry_same},
        {ErrorKind::rejected, give_up},
        {ErrorKind::unsupported_parameter, give_up},
        {ErrorKind::context_too_long, fall_back},
        {ErrorKind::content_filtered, give_up},
        {ErrorKind::credential_refused, fall_back},
        {ErrorKind::quota_exhausted, fall_back},
        {ErrorKind::model_gone, fall_back},
        {ErrorKind::rate_limited, retry_same},
        {ErrorKind::overloaded, retry_same},
        {ErrorKind::server_error, retry_same},
        {ErrorKind::bad_response, retry_same},
        {ErrorKind::stream_interrupted, give_up},
    };
    std::set<ErrorKind> seen;
    for (const auto& [kind, verdict] : cases) {
        EXPECT_EQ(decide_on({.kind = kind}).verdict, verdict) << code_of(kind);
        seen.insert(kind);
    }
    EXPECT_EQ(seen.size(), static_cast<std::size_t>(error_kind_count));
}

TEST(RetryPolicy, the_last_try_falls_back)
{
    auto situation = first_try;
    situation.tries = 2;
    EXPECT_EQ(decide_on({.kind = ErrorKind::server_error}, situation).verdict, retry_same);
    situation.tries = 3;
    EXPECT_EQ(decide_on({.kind = ErrorKind::server_error}, situation).verdict, fall_back);
}

TEST(RetryPolicy, an_empty_budget_falls_back)
{
    auto situation = first_try;
    situation.budget_left = false;
    EXPECT_EQ(decide_on({.kind = ErrorKind::unreachable}, situation).verdict, fall_back);
}

TEST(RetryPolicy, delays_grow_with_the_tries_and_twice_as_long_under_overload)
{
    auto situation = first_try;
    EXPECT_EQ(decide_on({.kind = ErrorKind::server_error}, situation).delay, 50ms);
    EXPECT_EQ(decide_on({.kind = ErrorKind::overloaded}, situation).delay, 100ms);
    situation.tries = 2;
    EXPECT_EQ(decide_on({.kind = ErrorKind::server_error}, situation).delay, 100ms);
    EXPECT_EQ(decide_on({.kind = ErrorKind::overloaded}, situation).delay, 200ms);
}

TEST(RetryPolicy, the_wait_that_was_asked_for_is_kept_with_jitter)
{
    for (const auto kind :
         {ErrorKind::rate_limited, ErrorKind::overloaded, ErrorKind::server_error}) {
        const auto decision = decide_on({.kind = kind, .retry_after = 2s});
        EXPECT_EQ(decision.verdict, retry_same);
        EXPECT_EQ(decision.delay, 2100ms);
    }
    EXPECT_EQ(decide_on({.kind = ErrorKind::rate_limited, .retry_after = 0ms}).delay, 50ms)
        << "a wait of zero says nothing";
}

TEST(RetryPolicy, a_wait_beyond_max_wait_falls_back)
{
    EXPECT_EQ(decide_on({.kind = ErrorKind::rate_limited, .retry_after = 60s}).verdict, retry_same);
    EXPECT_EQ(
        decide_on({.kind = ErrorKind::rate_limited, .retry_after = 60001ms}).verdict, fall_back
    );
}

TEST(RetryPolicy, a_delay_that_does_not_fit_the_deadline_falls_back)
{
    auto situation = first_try;
    situation.remaining = 2100ms;
    const Error error{.kind = ErrorKind::rate_limited, .retry_after = 2s};
    EXPECT_EQ(decide_on(error, situation).verdict, fall_back);
    situation.remaining = 2101ms;
    EXPECT_EQ(decide_on(error, situation).verdict, retry_same);
    situation.remaining = 0ms;
    EXPECT_EQ(decide_on({.kind = ErrorKind::unreachable}, situation, 0).verdict, fall_back);
}

TEST(RetryPolicy, a_refused_field_is_repaired_once_whatever_the_budget)
{
    const Error error{.kind = ErrorKind::unsupported_parameter, .repair = "temperature"};
    auto situation = first_try;
    situation.budget_left = false;
    situation.tries = 3;
    const auto decision = decide_on(error, situation);
    EXPECT_EQ(decision.verdict, retry_repaired);
    EXPECT_EQ(decision.delay, 0ms);
    situation.repaired = true;
    EXPECT_EQ(decide_on(error, situation).verdict, give_up);
}

TEST(RetryPolicy, a_filtered_answer_goes_on_only_where_the_route_says_so)
{
    auto situation = first_try;
    situation.fall_back_on_filter = true;
    EXPECT_EQ(decide_on({.kind = ErrorKind::content_filtered}, situation).verdict, fall_back);
}

TEST(RetryPolicy, a_rejection_is_final_whatever_the_status)
{
    for (const int status : {400, 404, 413, 422})
        EXPECT_EQ(
            decide_on({.kind = ErrorKind::rejected, .upstream_status = status}).verdict, give_up
        ) << status;
}

}  // namespace
}  // namespace sluice
