#include "dispatch/course.hpp"

#include <gtest/gtest.h>

#include <string_view>

namespace sluice::test {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint now{1000h};
constexpr auto again = true, once = false;  // whether a request can be sent again

ProviderConfig provider(std::string name)
{
    ProviderConfig config;
    config.name = std::move(name);
    config.type = "openai";
    config.api_key = "key";
    config.default_model = "m";
    config.retry.max_attempts = 2;
    return config;
}

Config two_providers()
{
    Config config;
    config.providers = {provider("main"), provider("spare")};
    auto& route = config.routes.emplace_back();
    route.name = "auto";
    route.targets = {{"main", "", 1}, {"spare", "", 1}};
    return config;
}

/// A request that may go to "main" and then to "spare".
class CourseTest : public testing::Test {
protected:
    Metrics metrics;
    Targets targets{metrics};
    ModelTable table{{}};
    Config config = two_providers();
    Router router{config, targets, table};
    Plan plan = *router.plan("auto", {}, Operation::chat, now, 0);
    RequestContext context;
    Course course{plan, context};

    Target& main() { return *plan.candidates[0].target; }
    std::string whose_turn() { return course.leg().target().provider; }
    /// The present leg's target is asked, and fails so.
    Decision fail_with(Error error, bool repeatable)
    {
        auto place = course.enter(now);
        EXPECT_TRUE(place);
        if (place) place->settle(error.kind, now);
        const auto decision = course.after(error, repeatable, now, 0.5);
        if (decision.verdict == Verdict::fall_back || decision.verdict == Verdict::give_up)
            course.failed(std::move(error), decision.verdict);
        return decision;
    }
};

TEST_F(CourseTest, a_target_is_asked_again_and_then_the_next)
{
    ASSERT_TRUE(course.next());
    EXPECT_EQ(fail_with({.kind = ErrorKind::unreachable}, again).verdict, Verdict::retry_same);
    EXPECT_EQ(fail_with({.kind = ErrorKind::unreachable}, again).verdict, Verdict::fall_back);
    ASSERT_TRUE(course.next());
    EXPECT_EQ(whose_turn(), "spare");
}

TEST_F(CourseTest, nobody_waits_for_a_resting_target_while_there_is_another)
{
    main().cooldown.start(now + 1min, ErrorKind::rate_limited);
    ASSERT_TRUE(course.next());
    auto place = course.enter(now);
    ASSERT_FALSE(place);
    EXPECT_EQ(place.error().kind, ErrorKind::rate_limited);
    EXPECT_EQ(course.after(place.error(), again, now, 0.5).verdict, Verdict::fall_back);
}

TEST_F(CourseTest, what_cannot_be_sent_again_ends_with_its_failure)
{
    ASSERT_TRUE(course.next());
    EXPECT_EQ(fail_with({.kind = ErrorKind::unreachable}, again).verdict, Verdict::retry_same);
    EXPECT_EQ(fail_with({.kind = ErrorKind::server_error}, once).verdict, Verdict::give_up);
    EXPECT_FALSE(course.next());
    EXPECT_EQ(course.verdict().kind, ErrorKind::server_error);
}

TEST_F(CourseTest, a_field_that_was_refused_is_left_out_from_now_on)
{
    ASSERT_TRUE(course.next());
    const Error refusal{.kind = ErrorKind::unsupported_parameter, .repair = "seed"};
    EXPECT_EQ(fail_with(refusal, again).verdict, Verdict::retry_repaired);
    EXPECT_EQ(course.leg().left_out, std::vector<std::string>{"seed"});
    EXPECT_EQ(main().learned("m"), std::vector<std::string>{"seed"});
    EXPECT_EQ(fail_with(refusal, again).verdict, Verdict::give_up) << "once a request";
}

TEST_F(CourseTest, the_caller_hears_of_the_first_that_was_asked_and_when_to_come_back)
{
    main().cooldown.start(now + 1min, ErrorKind::rate_limited);
    ASSERT_TRUE(course.next());
    auto resting = course.enter(now);
    ASSERT_FALSE(resting);
    course.failed(std::move(resting).error(), Verdict::fall_back);
    ASSERT_TRUE(course.next());
    fail_with({.kind = ErrorKind::overloaded, .retry_after = 90s}, once);
    const auto error = course.verdict();
    EXPECT_EQ(error.kind, ErrorKind::overloaded);
    EXPECT_EQ(error.retry_after, 60s);
}

TEST_F(CourseTest, the_callers_own_key_goes_to_one_provider_and_teaches_nothing)
{
    context.own_key = "sk-own";
    ASSERT_TRUE(course.next());
    EXPECT_EQ(std::string_view(course.leg().endpoint().api_key), "sk-own");
    EXPECT_EQ(
        fail_with({.kind = ErrorKind::credential_refused}, again).verdict, Verdict::fall_back
    );
    EXPECT_FALSE(main().key.cooldown.running(now));
    EXPECT_FALSE(course.next());
}

}  // namespace
}  // namespace sluice::test
