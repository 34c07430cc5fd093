#include "core/deadline_timer.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <vector>

namespace sluice {
namespace {

constexpr auto soon = milliseconds(1);
constexpr auto later = milliseconds(30);

/// A timer whose context runs until no deadline is left.
class DeadlineTimerTest : public testing::Test {
protected:
    asio::io_context context{1};
    DeadlineTimer timer{context};
    TimePoint start = Clock::now();

    void run() { context.run(); }
};

TEST_F(DeadlineTimerTest, expiry_runs_once_and_not_early)
{
    int expiries = 0;
    Watch watch(timer, [&] {
        ++expiries;
        EXPECT_GE(Clock::now(), start + later);
    });
    EXPECT_FALSE(watch.expired());
    watch.arm(start + later);
    EXPECT_FALSE(watch.expired());
    run();
    EXPECT_EQ(expiries, 1);
    EXPECT_TRUE(watch.expired());
}

TEST_F(DeadlineTimerTest, a_deadline_that_has_passed_expires_from_the_loop)
{
    int expiries = 0;
    Watch watch(timer, [&] { ++expiries; });
    watch.arm(start - later);
    EXPECT_EQ(expiries, 0);
    run();
    EXPECT_EQ(expiries, 1);
}

TEST_F(DeadlineTimerTest, rearming_moves_the_deadline_later)
{
    std::optional<TimePoint> expired;
    Watch watch(timer, [&] { expired = Clock::now(); });
    watch.arm(start + soon);
    watch.arm(start + later);
    run();
    ASSERT_TRUE(expired);
    EXPECT_GE(*expired, start + later);
}

TEST_F(DeadlineTimerTest, rearming_moves_the_deadline_earlier)
{
    bool expired = false;
    Watch watch(timer, [&] {
        expired = true;
        context.stop();
    });
    watch.arm(start + std::chrono::hours(1));
    watch.arm(start + soon);
    context.run_for(std::chrono::seconds(10));
    EXPECT_TRUE(expired);
}

TEST_F(DeadlineTimerTest, rearming_forgets_an_expiry_and_expires_again)
{
    int expiries = 0;
    Watch watch(timer, [&] { ++expiries; });
    watch.arm(start);
    run();
    ASSERT_TRUE(watch.expired());
    watch.arm(Clock::now());
    EXPECT_FALSE(watch.expired());
    context.restart();
    run();
    EXPECT_EQ(expiries, 2);
}

TEST_F(DeadlineTimerTest, disarmed_stays_silent)
{
    Watch watch(timer, [] { FAIL(); });
    watch.arm(start + soon);
    watch.disarm();
    run();
    EXPECT_FALSE(watch.expired());
}

TEST_F(DeadlineTimerTest, disarming_forgets_an_expiry)
{
    Watch watch(timer, [] {});
    watch.arm(start);
    run();
    watch.disarm();
    EXPECT_FALSE(watch.expired());
}

TEST_F(DeadlineTimerTest, armed_at_the_end_of_time_waits_for_nothing)
{
    Watch watch(timer, [] { FAIL(); });
    watch.arm(TimePoint::max());
    EXPECT_EQ(context.run(), 0);
    watch.arm(start + soon);
    watch.arm(TimePoint::max());
    context.restart();
    run();
}

TEST_F(DeadlineTimerTest, destroyed_while_armed_stays_silent)
{
    {
        Watch watch(timer, [] { FAIL(); });
        watch.arm(start + soon);
    }
    run();
}

TEST_F(DeadlineTimerTest, many_expire_each_at_its_own_time)
{
    std::vector<int> order;
    std::vector<std::unique_ptr<Watch>> watches;
    for (const int i : {2, 0, 1}) {
        watches.push_back(std::make_unique<Watch>(timer, [&, i] { order.push_back(i); }));
        watches.back()->arm(start + 3 * i * DeadlineTimer::resolution);
    }
    run();
    EXPECT_EQ(order, (std::vector{0, 1, 2}));
}

TEST_F(DeadlineTimerTest, an_expiry_may_destroy_another_that_is_due_and_itself)
{
    int expiries = 0;
    std::unique_ptr<Watch> first, second;
    const auto destroy_both = [&] {
        ++expiries;
        auto keep_me_until_i_return = std::move(first);
        auto and_the_other = std::move(second);
    };
    first = std::make_unique<Watch>(timer, [&] { destroy_both(); });
    second = std::make_unique<Watch>(timer, [&] { destroy_both(); });
    first->arm(start);
    second->arm(start);
    run();
    EXPECT_EQ(expiries, 1);
}

TEST_F(DeadlineTimerTest, an_expiry_may_rearm_itself)
{
    int expiries = 0;
    std::optional<Watch> watch;
    watch.emplace(timer, [&] {
        if (++expiries < 3) watch->arm(Clock::now() + soon);
    });
    watch->arm(start);
    run();
    EXPECT_EQ(expiries, 3);
    EXPECT_TRUE(watch->expired());
}

TEST_F(DeadlineTimerTest, an_expiry_may_disarm_another_that_is_due)
{
    int expiries = 0;
    std::vector<std::unique_ptr<Watch>> watches;
    for (int i = 0; i < 2; ++i)
        watches.push_back(std::make_unique<Watch>(timer, [&] {
            ++expiries;
            for (auto& watch : watches) watch->disarm();
        }));
    for (auto& watch : watches) watch->arm(start);
    run();
    EXPECT_EQ(expiries, 1);
}

TEST_F(DeadlineTimerTest, an_expiry_may_put_off_another_that_is_due)
{
    std::vector<TimePoint> expiries;
    TimePoint moved;
    Watch second(timer, [&] { expiries.push_back(Clock::now()); });
    Watch first(timer, [&] {
        expiries.push_back(Clock::now());
        moved = Clock::now() + later;
        second.arm(moved);
    });
    first.arm(start);
    second.arm(start);
    run();
    ASSERT_EQ(expiries.size(), 2);
    EXPECT_GE(expiries[1], moved);
}

TEST_F(DeadlineTimerTest, an_expiry_may_create_and_arm_new_ones)
{
    int expiries = 0;
    std::vector<std::unique_ptr<Watch>> made;
    Watch watch(timer, [&] {
        for (int i = 0; i < 3; ++i) {
            made.push_back(std::make_unique<Watch>(timer, [&] { ++expiries; }));
            made.back()->arm(Clock::now() + i * soon);
        }
    });
    watch.arm(start);
    run();
    EXPECT_EQ(expiries, 3);
}

TEST_F(DeadlineTimerTest, arming_others_all_the_time_puts_no_deadline_off)
{
    Watch watch(timer, [] {});
    watch.arm(start + soon);
    Watch other(timer, [] {});
    while (!watch.expired() && Clock::now() < start + std::chrono::seconds(2)) {
        other.arm(Clock::now());
        context.poll();
    }
    EXPECT_TRUE(watch.expired());
    run();
}

TEST_F(DeadlineTimerTest, sweeps_are_no_denser_than_the_resolution)
{
    std::vector<std::unique_ptr<Watch>> watches;
    for (int i = 0; i < 40; ++i) {
        watches.push_back(std::make_unique<Watch>(timer, [] {}));
        watches.back()->arm(start + milliseconds(i));
    }
    // Each sweep is one handler; 40 ms of deadlines need about five, whatever the machine's load.
    EXPECT_LE(context.run(), 8);
}

}  // namespace
}  // namespace sluice
