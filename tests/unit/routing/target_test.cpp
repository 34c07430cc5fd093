#include "routing/target.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace sluice {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr TimePoint now{1000h};

TEST(Cooldown, refuses_with_its_reason_and_what_is_left_of_it)
{
    Cooldown cooldown;
    EXPECT_FALSE(cooldown.refusal(now));
    cooldown.start(now + 5s, ErrorKind::quota_exhausted);
    const auto refusal = cooldown.refusal(now + 2s);
    ASSERT_TRUE(refusal);
    EXPECT_EQ(refusal->kind, ErrorKind::quota_exhausted);
    EXPECT_EQ(refusal->retry_after, 3s);
    EXPECT_NE(refusal->message, "");
    EXPECT_TRUE(cooldown.running(now + 4s));
    EXPECT_FALSE(cooldown.refusal(now + 5s));
    EXPECT_FALSE(cooldown.running(now + 5s));
}

TEST(Cooldown, is_never_shortened)
{
    Cooldown cooldown;
    cooldown.start(now + 60s, ErrorKind::credential_refused);
    cooldown.start(now + 5s, ErrorKind::rate_limited);
    EXPECT_EQ(cooldown.refusal(now)->kind, ErrorKind::credential_refused);
    EXPECT_EQ(cooldown.refusal(now)->retry_after, 60s);
    cooldown.start(now + 90s, ErrorKind::rate_limited);
    EXPECT_EQ(cooldown.refusal(now)->kind, ErrorKind::rate_limited);
}

TEST(Cooldown, ends_when_it_is_cleared)
{
    Cooldown cooldown;
    cooldown.start(now + 60s, ErrorKind::model_gone);
    cooldown.clear();
    EXPECT_FALSE(cooldown.refusal(now));
}

class TargetsTest : public testing::Test {
protected:
    Metrics metrics;
    Targets targets{metrics};
    ProviderConfig openai;

    void SetUp() override
    {
        openai.name = "openai";
        openai.breaker.min_requests = 2;
        openai.retry.budget_burst = 1;
    }
};

TEST_F(TargetsTest, the_same_names_have_the_same_target)
{
    auto& target = targets.get(openai, "m");
    EXPECT_EQ(&target, &targets.get(openai, "m"));
    EXPECT_NE(&target, &targets.get(openai, "n"));
    EXPECT_EQ(&target.key, &targets.get(openai, "n").key);
    EXPECT_EQ(&target.key, &targets.key("openai"));
    EXPECT_NE(&target.key, &targets.key("mistral"));
}

TEST_F(TargetsTest, a_reload_takes_over_settings_and_keeps_the_state)
{
    auto& target = targets.get(openai, "m");
    for (int i = 0; i < 2; ++i)
        target.breaker.record(*target.breaker.admit(now), CircuitBreaker::Outcome::failure, now, 0);
    ASSERT_EQ(target.breaker.state(now), BreakerState::open);
    ASSERT_TRUE(target.budget.spend());

    openai.retry.budget_ratio = 1;
    targets.get(openai, "m");
    EXPECT_EQ(target.breaker.state(now), BreakerState::open);
    EXPECT_FALSE(target.budget.left());
    target.budget.earn();
    EXPECT_TRUE(target.budget.left());

    openai.breaker.enabled = false;
    targets.get(openai, "m");
    EXPECT_EQ(target.breaker.state(now), BreakerState::closed);
}

TEST_F(TargetsTest, latency_is_smoothed_and_begins_with_the_first_answer)
{
    auto& target = targets.get(openai, "m");
    EXPECT_EQ(target.latency(), 0);
    target.record_latency(1);
    EXPECT_DOUBLE_EQ(target.latency(), 1);
    target.record_latency(2);
    EXPECT_DOUBLE_EQ(target.latency(), 1.2);
    target.record_latency(1.2);
    EXPECT_DOUBLE_EQ(target.latency(), 1.2);
}

TEST_F(TargetsTest, refused_fields_are_learned_once_for_each_model)
{
    auto& target = targets.get(openai, "other");
    EXPECT_THAT(target.learned("a"), IsEmpty());
    target.learn("a", "temperature");
    target.learn("a", "top_p");
    target.learn("a", "temperature");
    EXPECT_THAT(target.learned("a"), ElementsAre("temperature", "top_p"));
    EXPECT_THAT(target.learned("b"), IsEmpty());
}

TEST_F(TargetsTest, what_is_learned_is_bounded)
{
    auto& target = targets.get(openai, "other");
    for (int i = 0; i < 100; ++i) target.learn("a", "field" + std::to_string(i));
    EXPECT_EQ(target.learned("a").size(), 16u);
    for (int i = 0; i < 1000; ++i) target.learn("model" + std::to_string(i), "top_p");
    EXPECT_THAT(target.learned("model999"), IsEmpty());
}

TEST_F(TargetsTest, several_threads_get_the_same_targets)
{
    std::vector<Target*> got(4);
    {
        std::vector<std::jthread> threads;
        for (auto& each : got)
            threads.emplace_back([&] {
                each = &targets.get(openai, "m");
                each->record_latency(1);
                each->learn("m", "seed");
                each->cooldown.start(now + 1s, ErrorKind::rate_limited);
            });
    }
    for (auto* each : got) EXPECT_EQ(each, got[0]);
    EXPECT_DOUBLE_EQ(got[0]->latency(), 1);
}

}  // namespace
}  // namespace sluice
