#include "server/model_catalog.hpp"

#include <gtest/gtest.h>

namespace sluice {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::sys_days today{std::chrono::year(2026) / 11 / 21};

TEST(ShutdownNotice, comes_thirty_days_ahead)
{
    EXPECT_EQ(shutdown_notice("2026-12-22", today), std::nullopt);
    EXPECT_EQ(shutdown_notice("2026-12-21", today), "shuts down on 2026-12-21, in 30 days");
    EXPECT_EQ(shutdown_notice("2026-11-22", today), "shuts down on 2026-11-22, in 1 day");
}

TEST(ShutdownNotice, stays_when_the_day_has_come)
{
    EXPECT_EQ(shutdown_notice("2026-11-21", today), "shut down on 2026-11-21");
    EXPECT_EQ(shutdown_notice("2025-01-01", today), "shut down on 2025-01-01");
}

TEST(ShutdownNotice, needs_a_date)
{
    EXPECT_EQ(shutdown_notice("", today), std::nullopt);
    EXPECT_EQ(shutdown_notice("2026-13-01", today), std::nullopt);
    EXPECT_EQ(shutdown_notice("soon enough", today), std::nullopt);
}

}  // namespace
}  // namespace sluice
