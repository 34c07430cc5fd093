#include "resilience/retry_budget.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace sluice {
namespace {

int spend_all(RetryBudget& budget)
{
    int spent = 0;
    while (budget.spend()) ++spent;
    return spent;
}

TEST(RetryBudget, begins_with_the_burst)
{
    RetryBudget budget(0.2, 10);
    EXPECT_TRUE(budget.left());
    EXPECT_EQ(spend_all(budget), 10);
    EXPECT_FALSE(budget.left());
}

TEST(RetryBudget, a_fifth_of_a_retry_per_request_makes_one_after_five)
{
    RetryBudget budget(0.2, 10);
    spend_all(budget);
    for (int i = 0; i < 4; ++i) budget.earn();
    EXPECT_FALSE(budget.left());
    EXPECT_FALSE(budget.spend());
    budget.earn();
    EXPECT_TRUE(budget.left());
    EXPECT_EQ(spend_all(budget), 1);
}

TEST(RetryBudget, saves_up_no_more_than_the_burst)
{
    RetryBudget budget(0.2, 3);
    for (int i = 0; i < 1000; ++i) budget.earn();
    EXPECT_EQ(spend_all(budget), 3);
}

TEST(RetryBudget, a_smaller_burst_holds_from_the_next_request_on)
{
    RetryBudget budget(0.2, 10);
    budget.reconfigure(0.2, 2);
    budget.earn();
    EXPECT_EQ(spend_all(budget), 2);
}

TEST(RetryBudget, a_new_ratio_earns_at_once)
{
    RetryBudget budget(0, 5);
    spend_all(budget);
    for (int i = 0; i < 100; ++i) budget.earn();
    EXPECT_FALSE(budget.left());
    budget.reconfigure(1, 5);
    budget.earn();
    EXPECT_EQ(spend_all(budget), 1);
}

TEST(RetryBudget, several_threads_never_spend_more_than_there_is)
{
    RetryBudget budget(0, 1000);
    std::atomic<int> spent{0};
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) threads.emplace_back([&] { spent += spend_all(budget); });
    threads.clear();
    EXPECT_EQ(spent, 1000);
}

}  // namespace
}  // namespace sluice
