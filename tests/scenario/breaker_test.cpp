#include "support/chat_calls.hpp"
#include "support/fake_upstream.hpp"

#include <gtest/gtest.h>

namespace sluice::test {

namespace {

using namespace std::chrono_literals;

/// Three failures open the breaker of "main"; one success at half-open closes it.
void opens_after_three(Config& config)
{
    auto& main = config.providers[0];
    main.retry.max_attempts = 1;
    main.breaker.min_requests = 3;
    main.breaker.open_time = 60s;
    main.breaker.probes = 1;
}
void opens_briefly(Config& config)
{
    opens_after_three(config);
    config.providers[0].breaker.open_time = 100ms;
}

double breaker_is(TestGateway& gateway, std::string_view state)
{
    return gateway.metric(series_of("sluice_breaker_state", "main", concat("state=\"", state, "\""))
    );
}

TEST(Breaker, skips_to_the_next_candidate_without_a_request)
{
    FakeUpstream main(status(500)), spare(chat_answer("spare"));
    TestGateway gateway({{"main", main.url()}, {"spare", spare.url()}}, opens_after_three);
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(attempts_of(chat(gateway)), "main upstream_error, spare ok");
    for (int i = 0; i < 3; ++i) EXPECT_EQ(content_of(chat(gateway)), "spare");
    EXPECT_EQ(main.requests(), 3);
    EXPECT_EQ(spare.requests(), 6);
    EXPECT_EQ(breaker_is(gateway, "open"), 1);
    EXPECT_EQ(breaker_is(gateway, "closed"), 0);
}

TEST(Breaker, shows_how_many_targets_of_a_route_are_left)
{
    FakeUpstream main(status(500)), spare(chat_answer("spare"));
    TestGateway gateway({{"main", main.url()}, {"spare", spare.url()}}, opens_after_three);
    const auto targets = [&](std::string_view state) {
        return gateway.metric(concat(R"(sluice_route_targets{route="auto",state=")", state, R"("})")
        );
    };
    EXPECT_EQ(targets("closed"), 2);
    for (int i = 0; i < 3; ++i) chat(gateway);
    EXPECT_EQ(targets("closed"), 1);
    EXPECT_EQ(targets("open"), 1);
    EXPECT_EQ(targets("half_open"), 0);
}

TEST(Breaker, answers_for_a_route_of_one_target_itself)
{
    FakeUpstream main(status(500));
    TestGateway gateway({{"main", main.url()}}, opens_after_three);
    for (int i = 0; i < 3; ++i) EXPECT_EQ(chat(gateway).status, 502);
    const auto answer = chat(gateway);
    EXPECT_EQ(answer.status, 503);
    EXPECT_EQ(code_of(answer), "circuit_open");
    EXPECT_EQ(attempts_of(answer), "main circuit_open");
    EXPECT_EQ(main.requests(), 3);
    const auto seconds = std::stoi(std::string(answer.header("retry-after")));
    EXPECT_GT(seconds, 40);  // open_time less its jitter
    EXPECT_LE(seconds, 60);
    EXPECT_FALSE(answer.header("retry-after-ms").empty());
    EXPECT_EQ(answer.header("x-should-retry"), "false");
}

TEST(Breaker, closes_after_a_good_probe)
{
    FakeUpstream main(in_turn({status(500), status(500), status(500), chat_answer("back")}));
    TestGateway gateway({{"main", main.url()}}, opens_briefly);
    for (int i = 0; i < 3; ++i) chat(gateway);
    EXPECT_EQ(chat(gateway).status, 503);
    EXPECT_TRUE(eventually([&] { return chat(gateway).status == 200; }));
    EXPECT_EQ(main.requests(), 4);
    EXPECT_EQ(breaker_is(gateway, "closed"), 1);
    EXPECT_EQ(chat(gateway).status, 200);
}

TEST(Breaker, opens_again_for_longer_after_a_bad_probe)
{
    FakeUpstream main(status(500));
    TestGateway gateway({{"main", main.url()}}, opens_briefly);
    for (int i = 0; i < 3; ++i) chat(gateway);
    EXPECT_TRUE(eventually([&] { return chat(gateway).status == 502; }));
    EXPECT_EQ(main.requests(), 4);
    const auto answer = chat(gateway);
    EXPECT_EQ(code_of(answer), "circuit_open");
    EXPECT_GT(std::stoi(std::string(answer.header("retry-after-ms"))), 100);
    EXPECT_EQ(main.requests(), 4);
}

TEST(Breaker, does_not_count_callers_faults_and_rate_limits)
{
    for (const int code : {400, 404, 422, 429}) {
        std::vector<Reply> replies(6, status(code));
        replies.push_back(chat_answer("fine"));
        FakeUpstream main(in_turn(replies));
        TestGateway gateway({{"main", main.url()}}, opens_after_three);
        for (int i = 0; i < 6; ++i) EXPECT_EQ(chat(gateway).status, code);
        EXPECT_EQ(chat(gateway).status, 200);
        EXPECT_EQ(breaker_is(gateway, "closed"), 1);
    }
}

TEST(Breaker, does_not_count_calls_with_the_callers_own_key)
{
    FakeUpstream main(status(500));
    TestGateway gateway({{"main", main.url()}}, opens_after_three);
    for (int i = 0; i < 6; ++i) EXPECT_EQ(chat(gateway, "", "X-API-Key: sk-mine\r\n").status, 502);
    EXPECT_EQ(breaker_is(gateway, "closed"), 1);
    EXPECT_EQ(main.requests(), 6);
}

TEST(Breaker, counts_streams_that_break_off)
{
    FakeUpstream main(sse({chunk_event("half")}));
    TestGateway gateway({{"main", main.url()}}, opens_after_three);
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(story_of(stream(gateway)).failed_with());
    EXPECT_TRUE(eventually([&] { return breaker_is(gateway, "open") == 1; }));
    EXPECT_EQ(stream(gateway).status, 503);
    EXPECT_EQ(main.requests(), 3);
}

TEST(Breaker, counts_slow_answers)
{
    const auto late = [](Peer& peer) {
        peer.pause(20ms);
        return chat_answer("late")(peer);
    };
    FakeUpstream main(late);
    TestGateway gateway({{"main", main.url()}}, [](Config& config) {
        opens_after_three(config);
        config.providers[0].breaker.slow_call = 5ms;
    });
    for (int i = 0; i < 3; ++i) EXPECT_EQ(chat(gateway).status, 200);
    EXPECT_EQ(code_of(chat(gateway)), "circuit_open");
}

TEST(Breaker, shows_in_health)
{
    FakeUpstream main(status(500)), spare(chat_answer("spare"));
    TestGateway gateway({{"main", main.url()}, {"spare", spare.url()}}, opens_after_three);
    EXPECT_EQ(at(get(gateway.port(), "/health").body, "/status"), "\"healthy\"");
    for (int i = 0; i < 3; ++i) chat(gateway);
    const auto health = get(gateway.port(), "/health");
    EXPECT_EQ(health.status, 200);
    EXPECT_EQ(at(health.body, "/status"), "\"degraded\"");
    EXPECT_EQ(at(health.body, "/providers/main/breaker"), "\"open\"");
    EXPECT_EQ(at(health.body, "/providers/spare/breaker"), "\"closed\"");
}

TEST(Breaker, is_not_there_where_it_is_disabled)
{
    FakeUpstream main(status(500));
    TestGateway gateway({{"main", main.url()}}, [](Config& config) {
        opens_after_three(config);
        config.providers[0].breaker.enabled = false;
    });
    for (int i = 0; i < 6; ++i) EXPECT_EQ(chat(gateway).status, 502);
    EXPECT_EQ(main.requests(), 6);
}

}  // namespace

}  // namespace sluice::test
