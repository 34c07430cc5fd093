#include "resilience/backoff.hpp"

#include <gtest/gtest.h>

namespace sluice {
namespace {

using namespace std::chrono_literals;

constexpr double almost_one = 0.999999;

TEST(Backoff, doubles_up_to_the_cap)
{
    const struct {
        int n;
        milliseconds most;
    } cases[] = {{1, 250ms}, {2, 500ms}, {3, 1s}, {4, 2s}, {6, 8s}, {7, 8s}, {5000, 8s}};
    for (const auto& [n, most] : cases) {
        EXPECT_EQ(backoff(n, 250ms, 8s, 0), 0ms) << n;
        EXPECT_EQ(backoff(n, 250ms, 8s, 0.5), most / 2) << n;
        EXPECT_GE(backoff(n, 250ms, 8s, almost_one), most - 1ms) << n;
        EXPECT_LE(backoff(n, 250ms, 8s, almost_one), most) << n;
    }
}

TEST(Backoff, a_base_beyond_the_cap_is_the_cap)
{
    EXPECT_EQ(backoff(1, 10s, 8s, 0.5), 4s);
}

TEST(Backoff, a_base_of_zero_is_no_delay)
{
    EXPECT_EQ(backoff(3, 0ms, 8s, almost_one), 0ms);
}

TEST(JitteredWait, adds_up_to_a_tenth_and_takes_nothing_away)
{
    EXPECT_EQ(jittered_wait(2s, 0), 2s);
    EXPECT_EQ(jittered_wait(2s, 0.5), 2100ms);
    EXPECT_EQ(jittered_wait(2s, almost_one), 2200ms);
    EXPECT_EQ(jittered_wait(0ms, almost_one), 0ms);
}

}  // namespace
}  // namespace sluice
