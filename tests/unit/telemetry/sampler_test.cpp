#include "telemetry/sampler.hpp"

#include <gtest/gtest.h>

#include <string>

namespace sluice {
namespace {

const std::string low = "4bf92f3577b34da60000000000000001",
                  high = "4bf92f3577b34da6ffffffffffffffff";

std::optional<TraceContext> parent(const std::string& flags)
{
    return TraceContext{.trace_id = low, .span_id = "00f067aa0ba902b7", .flags = flags};
}

TEST(Sampler, based_on_the_parent_does_as_the_caller)
{
    for (const auto* name :
         {"parentbased_always_on", "parentbased_always_off", "parentbased_traceidratio"}) {
        const Sampler sampler(name, 0.5);
        EXPECT_TRUE(sampler(high, parent("01"))) << name;
        EXPECT_TRUE(sampler(high, parent("03"))) << name;
        EXPECT_FALSE(sampler(low, parent("00"))) << name;
        EXPECT_FALSE(sampler(low, parent("02"))) << name;
    }
}

TEST(Sampler, decides_itself_where_there_is_no_caller)
{
    EXPECT_TRUE(Sampler("parentbased_always_on", 0)(high, {}));
    EXPECT_FALSE(Sampler("parentbased_always_off", 1)(low, {}));
    EXPECT_TRUE(Sampler("parentbased_traceidratio", 0.5)(low, {}));
    EXPECT_FALSE(Sampler("parentbased_traceidratio", 0.5)(high, {}));
}

TEST(Sampler, not_based_on_the_parent_takes_no_heed)
{
    EXPECT_TRUE(Sampler("always_on", 0)(low, parent("00")));
    EXPECT_FALSE(Sampler("always_off", 1)(low, parent("01")));
    EXPECT_TRUE(Sampler("traceidratio", 0.5)(low, parent("00")));
    EXPECT_FALSE(Sampler("traceidratio", 0.5)(high, parent("01")));
}

TEST(Sampler, takes_the_share_it_is_told)
{
    for (const double ratio : {0.0, 0.1, 0.9, 1.0}) {
        const Sampler sampler("traceidratio", ratio);
        int taken = 0;
        for (int n = 0; n < 4000; ++n) taken += sampler(new_trace().trace_id, {}) ? 1 : 0;
        EXPECT_NEAR(taken, 4000 * ratio, ratio == 0 || ratio == 1 ? 0 : 120) << ratio;
    }
}

TEST(Sampler, takes_of_a_smaller_share_none_that_a_larger_would_not)
{
    const Sampler tenth("traceidratio", 0.1), half("traceidratio", 0.5);
    for (int n = 0; n < 1000; ++n) {
        const auto id = new_trace().trace_id;
        EXPECT_TRUE(!tenth(id, {}) || half(id, {})) << id.text();
    }
}

}  // namespace
}  // namespace sluice
