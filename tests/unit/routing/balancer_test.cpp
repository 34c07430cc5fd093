#include "routing/balancer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace sluice {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr TimePoint now{1000h};

TEST(Order, fallback_is_the_order_of_the_file)
{
    const std::vector<Standing> targets{{.weight = 1, .latency = 9}, {.weight = 5}, {.weight = 9}};
    EXPECT_THAT(order(targets, Strategy::fallback, 0.9), ElementsAre(0, 1, 2));
    EXPECT_THAT(order({}, Strategy::fallback, 0.9), IsEmpty());
}

TEST(Order, least_latency_puts_the_unknown_first_then_the_fastest)
{
    const std::vector<Standing> targets{
        {.latency = 0.5}, {.latency = 0.2}, {.latency = 0}, {.latency = 0.2}, {.latency = 0}
    };
    EXPECT_THAT(order(targets, Strategy::least_latency, 0), ElementsAre(2, 4, 1, 3, 0));
}

TEST(Order, weighted_draws_one_after_the_other)
{
    const std::vector<Standing> targets{{.weight = 1}, {.weight = 2}, {.weight = 1}};
    const struct {
        double random;
        std::vector<std::size_t> expected;
    } cases[] = {
        {0.0, {0, 1, 2}},
        {0.24, {0, 2, 1}},
        {0.25, {1, 0, 2}},
        {0.74, {1, 2, 0}},
        {0.75, {2, 0, 1}},
        {0.999999, {2, 1, 0}},
    };
    for (const auto& [random, expected] : cases)
        EXPECT_EQ(order(targets, Strategy::weighted, random), expected) << random;
}

TEST(Order, weighted_gives_each_its_share_of_the_first_and_of_the_second_places)
{
    const std::vector<Standing> targets{{.weight = 6}, {.weight = 3}, {.weight = 1}};
    std::map<std::size_t, double> first, second;
    constexpr int draws = 100'000;
    for (int i = 0; i < draws; ++i) {
        const auto drawn = order(targets, Strategy::weighted, (i + 0.5) / draws);
        first[drawn[0]] += 1.0 / draws;
        second[drawn[1]] += 1.0 / draws;
    }
    EXPECT_THAT(first[0], DoubleNear(0.6, 0.001));
    EXPECT_THAT(first[1], DoubleNear(0.3, 0.001));
    EXPECT_THAT(first[2], DoubleNear(0.1, 0.001));
    EXPECT_THAT(second[0], DoubleNear(0.3 * 6 / 7 + 0.1 * 6 / 9, 0.001));
}

TEST(Order, weight_zero_comes_last)
{
    const std::vector<Standing> targets{{.weight = 0}, {.weight = 0}, {.weight = 1}};
    for (const double random : {0.0, 0.5, 0.999999})
        EXPECT_THAT(order(targets, Strategy::weighted, random), ElementsAre(2, 0, 1)) << random;
}

TEST(Order, preferred_go_first_and_resting_last)
{
    const std::vector<Standing> targets{
        {.resting = true}, {}, {.resting = true, .preferred = true}, {.preferred = true}, {}
    };
    EXPECT_THAT(order(targets, Strategy::fallback, 0), ElementsAre(3, 1, 4, 2, 0));
}

TEST(Order, when_all_rest_all_are_still_there)
{
    const std::vector<Standing> targets{{.resting = true}, {.resting = true}};
    EXPECT_THAT(order(targets, Strategy::fallback, 0), ElementsAre(0, 1));
}

class StandingOf : public testing::Test {
protected:
    Metrics metrics;
    Targets targets{metrics};
    ProviderConfig config;
    Target* target = nullptr;

    void SetUp() override
    {
        config.name = "p";
        config.breaker.min_requests = 1;
        target = &targets.get(config, "m");
    }
    bool rests(TimePoint at = now) const { return standing_of(*target, 1, at).resting; }
};

TEST_F(StandingOf, a_healthy_target_does_not_rest)
{
    EXPECT_FALSE(rests());
    target->record_latency(0.25);
    EXPECT_EQ(standing_of(*target, 3, now).latency, 0.25);
    EXPECT_EQ(standing_of(*target, 3, now).weight, 3);
}

TEST_F(StandingOf, an_open_breaker_rests_until_it_may_be_probed)
{
    target->breaker.record(*target->breaker.admit(now), CircuitBreaker::Outcome::failure, now, 0);
    EXPECT_TRUE(rests());
    EXPECT_FALSE(rests(now + config.breaker.open_time));
}

TEST_F(StandingOf, a_cooling_target_rests)
{
    target->cooldown.start(now + 5s, ErrorKind::rate_limited);
    EXPECT_TRUE(rests());
    EXPECT_FALSE(rests(now + 5s));
}

TEST_F(StandingOf, a_cooling_key_rests_all_its_targets)
{
    targets.key("p").cooldown.start(now + 5s, ErrorKind::quota_exhausted);
    EXPECT_TRUE(rests());
    target = &targets.get(config, "n");
    EXPECT_TRUE(rests());
}

}  // namespace
}  // namespace sluice
