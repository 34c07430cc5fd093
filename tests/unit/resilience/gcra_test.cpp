#include "resilience/gcra.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace sluice {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint start{1000h};

TEST(Gcra, admits_the_burst_at_once_then_one_each_interval)
{
    Gcra limit(60, 3);
    EXPECT_EQ(limit.take(start).remaining, 2);
    EXPECT_EQ(limit.take(start).remaining, 1);
    const auto last = limit.take(start);
    EXPECT_TRUE(last.admitted);
    EXPECT_EQ(last.remaining, 0);
    EXPECT_EQ(last.reset_after, 3s);

    const auto refused = limit.take(start);
    EXPECT_FALSE(refused.admitted);
    EXPECT_EQ(refused.remaining, 0);
    EXPECT_EQ(refused.retry_after, 1s);
    EXPECT_EQ(refused.reset_after, 3s);

    EXPECT_FALSE(limit.take(start + 999ms).admitted);
    EXPECT_TRUE(limit.take(start + 1s).admitted);
    EXPECT_FALSE(limit.take(start + 1s).admitted);
}

TEST(Gcra, a_refusal_costs_nothing)
{
    Gcra limit(60, 1);
    ASSERT_TRUE(limit.take(start).admitted);
    for (int i = 0; i < 100; ++i) EXPECT_FALSE(limit.take(start + 500ms).admitted);
    EXPECT_TRUE(limit.take(start + 1s).admitted);
}

TEST(Gcra, the_whole_burst_is_back_after_reset)
{
    Gcra limit(60, 5);
    Gcra::Verdict verdict{};
    for (int i = 0; i < 5; ++i) verdict = limit.take(start);
    const auto later = start + verdict.reset_after;
    EXPECT_EQ(limit.take(later).remaining, 4);
}

TEST(Gcra, silence_saves_up_no_more_than_the_burst)
{
    Gcra limit(60, 2);
    limit.take(start);
    const auto later = start + 1000h;
    EXPECT_EQ(limit.take(later).remaining, 1);
    EXPECT_TRUE(limit.take(later).admitted);
    EXPECT_FALSE(limit.take(later).admitted);
}

TEST(Gcra, over_an_hour_it_admits_the_rate)
{
    Gcra limit(90, 7);
    int admitted = 0;
    for (auto now = start; now < start + 1h; now += 100ms) admitted += limit.take(now).admitted;
    EXPECT_NEAR(admitted, 90 * 60 + 7, 1);
}

TEST(Gcra, a_cost_above_one_takes_as_many_cells)
{
    Gcra limit(60, 10);
    EXPECT_EQ(limit.take(start, 4).remaining, 6);
    EXPECT_FALSE(limit.take(start, 7).admitted);
    EXPECT_EQ(limit.take(start, 6).remaining, 0);
}

TEST(Gcra, new_settings_keep_what_was_used)
{
    Gcra limit(60, 2);
    limit.take(start);
    limit.take(start);
    limit.reconfigure(60, 4);
    EXPECT_EQ(limit.take(start).remaining, 1);
}

TEST(Gcra, several_threads_take_no_more_cells_than_there_are)
{
    Gcra limit(60, 1000);
    std::atomic<int> taken{0};
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&] {
            for (int j = 0; j < 1000; ++j) taken += limit.take(start).admitted;
        });
    threads.clear();
    EXPECT_EQ(taken, 1000);
    EXPECT_EQ(limit.take(start).reset_after, 1000s);
}

TEST(Gcra, extreme_settings_do_not_overflow)
{
    Gcra rare(0.001, 2'000'000'000);
    EXPECT_TRUE(rare.take(start).admitted);
    Gcra flood(1e15, 1);
    EXPECT_TRUE(flood.take(start).admitted);
    EXPECT_TRUE(flood.take(start + 1ms).admitted);
}

}  // namespace
}  // namespace sluice
