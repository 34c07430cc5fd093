#include "telemetry/duration_histogram.hpp"

#include <gtest/gtest.h>

namespace sluice {
namespace {

using namespace std::chrono_literals;

TEST(DurationHistogram, knows_a_single_duration_to_an_eighth)
{
    for (Clock::duration span = 1us; span < 30min; span = span * 13 / 10 + 1us) {
        DurationHistogram one;
        one.record(span);
        const double ms = std::chrono::duration<double, std::milli>(span).count();
        EXPECT_NEAR(*one.quantile(0.5), ms, ms / 8 + 0.001) << ms;
    }
}

TEST(DurationHistogram, orders_quantiles_as_the_durations_were)
{
    DurationHistogram many;
    for (int i = 1; i <= 1000; ++i) many.record(i * 1ms);
    EXPECT_NEAR(*many.quantile(0.5), 500, 500 / 8.0);
    EXPECT_NEAR(*many.quantile(0.95), 950, 950 / 8.0);
    EXPECT_NEAR(*many.quantile(0.99), 990, 990 / 8.0);
    EXPECT_LT(*many.quantile(0.95), *many.quantile(0.99));
}

TEST(DurationHistogram, takes_what_is_out_of_range_as_its_end)
{
    DurationHistogram odd;
    odd.record(-5ms);
    EXPECT_LE(*odd.quantile(1), 0.001);
    odd.record(1000h);
    EXPECT_GT(*odd.quantile(1), 30 * 60'000);
}

TEST(DurationHistogram, of_nothing_has_no_quantile_and_sums_add_up)
{
    DurationHistogram sum, part;
    EXPECT_FALSE(sum.quantile(0.5));
    part.record(10ms);
    sum.add(part);
    sum.add(part);
    EXPECT_EQ(sum.quantile(0.5), part.quantile(0.5));
}

}  // namespace
}  // namespace sluice
