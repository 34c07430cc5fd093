#include "admission/limiter.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <thread>
#include <vector>

namespace sluice {
namespace {

using testing::HasSubstr;

constexpr TimePoint start{1000h};

GatewayKeyConfig key(double per_minute, int burst, int max_concurrency)
{
    GatewayKeyConfig config;
    config.name = "acme";
    config.requests_per_minute = per_minute;
    config.burst = burst;
    config.max_concurrency = max_concurrency;
    return config;
}

class LimiterTest : public testing::Test {
protected:
    Limiter limiter;
    KeyLimits& acme = limiter.of("acme");

    void configure(const GatewayKeyConfig& config) { limiter.configure({.keys = {config}}); }
    std::vector<Admission> admit_many(int count, TimePoint now = start)
    {
        std::vector<Admission> admitted;
        for (int i = 0; i < count; ++i)
            if (auto admission = acme.admit(now)) admitted.push_back(std::move(*admission));
        return admitted;
    }
};

TEST_F(LimiterTest, who_has_no_limits_gets_in_without_headers)
{
    configure(key(0, 0, 0));
    for (const auto* name : {"acme", "never configured"})
        for (int i = 0; i < 1000; ++i) {
            auto admission = limiter.of(name).admit(start);
            ASSERT_TRUE(admission);
            EXPECT_FALSE(admission->facts());
        }
}

TEST_F(LimiterTest, past_the_rate_it_says_when_to_come_back)
{
    configure(key(60, 2, 0));
    EXPECT_EQ(admit_many(2).size(), 2u);
    const auto refused = acme.admit(start + 250ms);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::limited);
    EXPECT_EQ(refused.error().retry_after, 750ms);
    EXPECT_THAT(refused.error().message, HasSubstr("60 requests a minute; the next in 750ms"));
    EXPECT_TRUE(acme.admit(start + 1s));
}

TEST_F(LimiterTest, the_burst_is_a_minutes_worth_unless_it_is_set)
{
    configure(key(30, 0, 0));
    EXPECT_EQ(admit_many(100).size(), 30u);
    GatewayKeyConfig slow = key(0.5, 0, 0);
    slow.name = "slow";
    limiter.configure({.keys = {slow}});
    EXPECT_TRUE(limiter.of("slow").admit(start));
    const auto refused = limiter.of("slow").admit(start);
    EXPECT_EQ(refused.error().retry_after, 120s);
    EXPECT_THAT(refused.error().message, HasSubstr("0.5 requests a minute; the next in 2m0s"));
}

TEST_F(LimiterTest, concurrency_frees_itself_when_requests_end)
{
    configure(key(0, 0, 2));
    auto running = admit_many(3);
    EXPECT_EQ(running.size(), 2u);
    const auto refused = acme.admit(start);
    EXPECT_EQ(refused.error().kind, ErrorKind::limited);
    EXPECT_EQ(refused.error().retry_after, 1s);
    running.pop_back();
    EXPECT_TRUE(acme.admit(start));
    EXPECT_TRUE(acme.admit(start)) << "an admission that is dropped at once frees its place";
}

TEST_F(LimiterTest, moving_an_admission_keeps_one_place)
{
    configure(key(0, 0, 1));
    auto admission = acme.admit(start);
    Admission moved = std::move(*admission);
    Admission assigned;
    assigned = std::move(moved);
    EXPECT_FALSE(acme.admit(start));
    assigned = Admission();
    EXPECT_TRUE(acme.admit(start));
}

TEST_F(LimiterTest, a_request_refused_for_concurrency_costs_no_rate)
{
    configure(key(60, 2, 1));
    auto running = acme.admit(start);
    for (int i = 0; i < 10; ++i) EXPECT_FALSE(acme.admit(start));
    running = Admission();
    EXPECT_TRUE(acme.admit(start));
}

TEST_F(LimiterTest, a_request_refused_for_its_rate_takes_no_place)
{
    configure(key(60, 1, 1));
    ASSERT_TRUE(acme.admit(start));
    for (int i = 0; i < 10; ++i) EXPECT_FALSE(acme.admit(start));
    EXPECT_TRUE(acme.admit(start + 1s));
}

TEST_F(LimiterTest, a_reload_keeps_what_was_used)
{
    configure(key(60, 2, 1));
    auto running = acme.admit(start);
    configure(key(60, 3, 1));
    EXPECT_FALSE(acme.admit(start)) << "one is still running";
    running = Admission();
    EXPECT_EQ(admit_many(1).size(), 1u);
    EXPECT_EQ(admit_many(10).size(), 1u) << "two of three were used";
}

TEST_F(LimiterTest, limits_may_be_lifted_while_a_request_runs)
{
    configure(key(60, 1, 1));
    auto running = acme.admit(start);
    limiter.configure({});
    configure(key(0, 0, 0));
    EXPECT_EQ(admit_many(10).size(), 10u);
}

TEST_F(LimiterTest, several_threads_are_admitted_no_more_than_the_limit)
{
    configure(key(60, 100, 0));
    std::atomic<int> admitted{0};
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 4; ++i)
            threads.emplace_back([&] {
                for (int j = 0; j < 200; ++j) admitted += acme.admit(start).has_value();
            });
    }
    EXPECT_EQ(admitted, 100);
}

TEST_F(LimiterTest, several_threads_hold_no_more_places_than_there_are)
{
    configure(key(0, 0, 3));
    std::atomic<int> inside{0}, most{0}, admitted{0};
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 4; ++i)
            threads.emplace_back([&] {
                for (int j = 0; j < 5000; ++j) {
                    const auto place = acme.admit(start);
                    if (!place) continue;
                    ++admitted;
                    const int now_inside = ++inside;
                    for (int seen = most;
                         now_inside > seen && !most.compare_exchange_weak(seen, now_inside);) {
                    }
                    --inside;
                }
            });
    }
    EXPECT_GT(admitted, 0);
    EXPECT_LE(most, 3);
    EXPECT_EQ(admit_many(10).size(), 3u) << "every place is free again";
}

TEST_F(LimiterTest, headers_tell_limit_rest_and_reset)
{
    configure(key(60, 10, 0));
    admit_many(2);
    HeaderBlock headers;
    append_limit_headers(headers, *acme.admit(start)->facts());
    EXPECT_EQ(
        headers.text(),
        "x-ratelimit-limit-requests: 10\r\n"
        "x-ratelimit-remaining-requests: 7\r\n"
        "x-ratelimit-reset-requests: 3s\r\n"
        "ratelimit-policy: \"per-key\";q=10;w=10\r\n"
        "ratelimit: \"per-key\";r=7;t=3\r\n"
    );
}

TEST(ShortDuration, is_written_as_openai_does)
{
    const std::pair<milliseconds, const char*> cases[] = {
        {0ms, "0s"},
        {12ms, "12ms"},
        {999ms, "999ms"},
        {1s, "1s"},
        {8640ms, "8.64s"},
        {1005ms, "1.005s"},
        {59999ms, "59.999s"},
        {60s, "1m0s"},
        {6min, "6m0s"},
        {61001ms, "1m2s"},
        {1h, "1h0m0s"},
        {25h + 90s, "25h1m30s"},
    };
    for (const auto& [span, text] : cases) EXPECT_EQ(short_duration(span), text);
}

}  // namespace
}  // namespace sluice
