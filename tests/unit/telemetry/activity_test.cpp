#include "telemetry/activity.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace sluice {
namespace {

using namespace std::chrono_literals;

FinishedRequest request(std::string tenant, std::string model, TimePoint finished = Clock::now())
{
    FinishedRequest made{.arrived = finished - 40ms, .finished = finished};
    made.record.tenant = std::move(tenant);
    made.record.provider = "main";
    made.record.model = std::move(model);
    made.record.usage = Usage{.prompt = 10, .completion = 5};
    return made;
}

FinishedRequest failed(ErrorKind kind, TimePoint finished = Clock::now())
{
    auto made = request("a", "m", finished);
    made.record.error = kind;
    return made;
}

void finish(ActivityLane& lane, FinishedRequest request)
{
    lane.finished(std::make_unique<FinishedRequest>(std::move(request)));
}

/// The first moment of a slice that is yet to come, so that all the slices before are complete.
TimePoint next_slice()
{
    return TimePoint(ActivityLane::slice_length * (Activity::slice_number(Clock::now()) + 1));
}

TEST(Activity, sums_the_slices_of_all_workers)
{
    Activity activity;
    auto& one = activity.add_lane();
    auto& other = activity.add_lane();
    const auto begin = next_slice();
    finish(one, request("a", "m", begin));
    finish(other, request("a", "m", begin + 1s));
    finish(other, failed(ErrorKind::server_error, begin + 1s));
    finish(other, failed(ErrorKind::cancelled, begin + 1s));
    finish(one, request("a", "m", begin + ActivityLane::slice_length));

    const auto slices = activity.slices(begin + ActivityLane::slice_length + 1s);
    const auto& last = slices.back();
    EXPECT_EQ(last.number, Activity::slice_number(begin)) << "the present one is not complete";
    EXPECT_EQ(last.requests, 4U);
    EXPECT_EQ(last.errors, 1U) << "who left is no error";
    EXPECT_NEAR(last.duration.quantile(0.5).value_or(0), 40, 5);
    EXPECT_FALSE(last.first_token.quantile(0.5)) << "there was no stream";
    EXPECT_EQ(activity.total().requests, 5U);
    EXPECT_EQ(activity.total().errors, 1U);
}

TEST(Activity, forgets_a_slice_after_five_minutes)
{
    Activity activity;
    auto& lane = activity.add_lane();
    const auto begin = next_slice();
    finish(lane, request("a", "m", begin));
    const auto seen = [&](TimePoint now) {
        std::uint64_t sum = 0;
        for (const auto& slice : activity.slices(now)) sum += slice.requests;
        return sum;
    };
    EXPECT_EQ(seen(begin + 2s), 1U);
    EXPECT_EQ(seen(begin + 300s), 1U);
    EXPECT_EQ(activity.slices(begin + 400s).size(), ActivityLane::slice_count);
    EXPECT_EQ(seen(begin + 302s), 0U);
    finish(lane, request("a", "m", begin + 302s));  // in the place of the first
    EXPECT_EQ(seen(begin + 304s), 1U);
}

TEST(Activity, keeps_the_newest_requests)
{
    Activity activity;
    auto& one = activity.add_lane();
    auto& other = activity.add_lane();
    const auto begin = Clock::now();
    constexpr int many = 3 * static_cast<int>(ActivityLane::recent_count);
    for (int i = 0; i < many; ++i)
        finish(i % 3 == 0 ? one : other, request("a", std::to_string(i), begin + i * 1ms));
    const auto recent = activity.recent({});
    ASSERT_EQ(recent.size(), ActivityLane::recent_count);
    for (int i = 0; i < static_cast<int>(recent.size()); ++i)
        EXPECT_EQ(recent[static_cast<std::size_t>(i)].record.model, std::to_string(many - 1 - i));
}

TEST(Activity, shows_a_tenant_its_own)
{
    Activity activity;
    auto& lane = activity.add_lane();
    finish(lane, request("a", "m"));
    finish(lane, request("b", "m"));
    finish(lane, request("b", "n"));
    EXPECT_EQ(activity.recent("a").size(), 1U);
    EXPECT_EQ(activity.recent("b").size(), 2U);
    EXPECT_EQ(activity.recent("c").size(), 0U);
    EXPECT_EQ(activity.recent({}).size(), 3U);
    EXPECT_EQ(activity.usage("b").size(), 2U);
    EXPECT_EQ(activity.usage("b").at({"main", "m"}).tokens_in, 10);
    EXPECT_EQ(activity.usage({}).at({"main", "m"}).tokens_in, 20);
}

TEST(Activity, counts_cost_where_a_price_is_known)
{
    Activity activity;
    auto& lane = activity.add_lane();
    auto priced = request("a", "m");
    priced.record.cost_usd = 0.25;
    finish(lane, FinishedRequest(priced));
    finish(lane, FinishedRequest(priced));
    finish(lane, request("a", "n"));
    EXPECT_EQ(activity.usage({}).at({"main", "m"}).cost_usd, 0.5);
    EXPECT_EQ(activity.usage({}).at({"main", "n"}).cost_usd, std::nullopt);
}

TEST(Activity, made_up_models_share_a_row_when_there_are_many)
{
    Activity activity;
    auto& lane = activity.add_lane();
    constexpr auto rows = ActivityLane::max_usage_rows;
    for (std::size_t i = 0; i < rows + 7; ++i)
        finish(lane, request("a", concat("model-", std::to_string(i))));
    EXPECT_EQ(activity.usage({}).size(), rows + 1);
    EXPECT_EQ(activity.usage({}).at({"main", "other"}).requests, 7U);
}

TEST(Activity, is_read_while_it_is_written)
{
    Activity activity;
    auto& lane = activity.add_lane();
    std::thread writer([&] {
        for (int i = 0; i < 5000; ++i) finish(lane, request("a", std::to_string(i % 9)));
    });
    for (int i = 0; i < 20; ++i) {
        EXPECT_LE(activity.recent({}).size(), ActivityLane::recent_count);
        EXPECT_LE(activity.usage({}).size(), 9U);
        activity.slices(Clock::now());
    }
    writer.join();
    EXPECT_EQ(activity.total().requests, 5000U);
}

}  // namespace
}  // namespace sluice
