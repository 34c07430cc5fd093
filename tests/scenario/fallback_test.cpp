#include "core/json.hpp"
#include "support/chat_calls.hpp"
#include "support/fake_upstream.hpp"

#include <gtest/gtest.h>

#include <ostream>

namespace sluice::test {

namespace {

using namespace std::chrono_literals;

/// No second tries, so that every failure leads to the next target.
void once_each(Config& config)
{
    for (auto& provider : config.providers) provider.retry.max_attempts = 1;
}

struct Failure {
    std::string name;
    Reply reply;
    std::string code;
};
void PrintTo(const Failure& failure, std::ostream* out)
{
    *out << failure.name;
}

class FailedTarget : public testing::TestWithParam<Failure> {};

TEST_P(FailedTarget, is_followed_by_the_next_of_the_route)
{
    FakeUpstream main(GetParam().reply), spare(chat_answer("spare"));
    TestGateway gateway({{"main", main.url()}, {"spare", spare.url()}}, once_each);
    const auto answer = chat(gateway);
    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(content_of(answer), "spare");
    EXPECT_EQ(attempts_of(answer), "main " + GetParam().code + ", spare ok");
    EXPECT_EQ(main.requests(), 1);
    EXPECT_EQ(spare.requests(), 1);
    const auto reason = "reason=\"" + GetParam().code + "\"";
    EXPECT_EQ(gateway.metric(series_of("sluice_fallbacks_total", "main", reason)), 1);
}

INSTANTIATE_TEST_SUITE_P(
    of_every_kind,
    FailedTarget,
    testing::Values(
        Failure{"server", status(500), "upstream_error"},
        Failure{"overload", status(503), "upstream_overloaded"},
        Failure{"rate_limit", status(429), "rate_limited"},
        Failure{"key_unknown", status(401), "upstream_auth_failed"},
        Failure{"key_forbidden", status(403), "upstream_auth_failed"},
        Failure{"unpaid", status(402), "quota_exhausted"},
        Failure{"empty_purse", status(429, error_body("insufficient_quota")), "quota_exhausted"},
        Failure{"model_gone", status(404, error_body("model_not_found")), "model_not_found"},
        Failure{"reset", reset(), "upstream_unreachable"},
        Failure{"closed", hang_up(), "upstream_unreachable"},
        Failure{"page_of_html", status(200, "<html></html>"), "bad_response"},
        Failure{"no_choices", json(R"({"choices":[]})"), "bad_response"},
        Failure{"error_in_a_200", json(error_body("server_error")), "upstream_error"}
    ),
    [](const auto& info) { return info.param.name; }
);

TEST(Fallback, gives_each_target_the_whole_of_a_long_request)
{
    FakeUpstream main(status(503)), spare(chat_answer("spare"));
    TestGateway gateway({{"main", main.url()}, {"spare", spare.url()}}, [](Config& config) {
        config.providers[0].retry.max_attempts = 2;
    });
    const auto user = concat(R"("user":")", std::string(300'000, 'x'), "\"");
    EXPECT_EQ(content_of(chat(gateway, user)), "spare");
    ASSERT_EQ(main.requests(), 2);
    EXPECT_TRUE(spare.body(0).contains(user));
    EXPECT_TRUE(json::Document::parse(spare.body(0)));
    EXPECT_TRUE(main.body(0) == spare.body(0));
    EXPECT_TRUE(main.body(1) == spare.body(0));
}

TEST(Fallback, goes_past_a_target_nobody_listens_at)
{
    auto gone = std::make_unique<FakeUpstream>(hang());
    const auto url = gone->url();
    gone.reset();
    FakeUpstream spare(chat_answer("spare"));
    TestGateway gateway({{"main", url}, {"spare", spare.url()}});
    const auto answer = chat(gateway);
    EXPECT_EQ(content_of(answer), "spare");
    EXPECT_TRUE(attempts_of(answer).ends_with("main upstream_unreachable, spare ok"));
}

TEST(Fallback, tells_the_caller_who_answered)
{
    FakeUpstream main(status(500)), spare(chat_answer("spare"));
    TestGateway gateway({{"main", main.url()}, {"spare", spare.url()}}, [](Config& config) {
        once_each(config);
        config.routes[0].targets[1].model = "spare-model";
    });
    const auto answer = chat(gateway);
    EXPECT_EQ(at(spare.body(0), "/model"), "\"spare-model\"");
    EXPECT_EQ(at(answer.body, "/provider"), "\"spare\"");
    EXPECT_EQ(answer.header("x-sluice-provider"), "spare");
    EXPECT_EQ(answer.header("x-sluice-model"), "spare-model");
    EXPECT_EQ(at(answer.body, "/usage/total_tokens"), "5");
    EXPECT_TRUE(spare.head(0).contains("Bearer sk-upstream-spare")) << spare.head(0);
}

TEST(Fallback, does_not_repeat_a_callers_fault_elsewhere)
{
    for (const int code : {400, 413, 422}) {
        FakeUpstream main(status(code, error_body("bad_field"))), spare(chat_answer("spare"));
        TestGateway gateway({{"main", main.url()}, {"spare", spare.url()}});
        EXPECT_EQ(chat(gateway).status, code);
        EXPECT_EQ(main.requests(), 1);
        EXPECT_EQ(spare.requests(), 0);
    }
}

TEST(Fallback, gives_the_first_failure_when_all_fail)
{
    FakeUpstream main(status(500, error_body("server_error", "the first"))), spare(status(401));
    TestGateway gateway({{"main", main.url()}, {"spare", spare.url()}}, once_each);
    const auto answer = chat(gateway);
    EXPECT_EQ(answer.status, 502);
    EXPECT_EQ(code_of(answer), "upstream_error");
    EXPECT_EQ(at(answer.body, "/error/provider"), "\"main\"");
    EXPECT_EQ(at(answer.body, "/error/message"), "\"the first\"");
    EXPECT_EQ(at(answer.body, "/error/status"), "500");
    EXPECT_EQ(attempts_of(answer), "main upstream_error, spare upstream_auth_failed");
    EXPECT_EQ(answer.header("x-should-retry"), "false");
}

TEST(Fallback, spares_a_refused_key_until_it_has_rested)
{
    FakeUpstream main(status(401)), spare(chat_answer("spare"));
    TestGateway gateway({{"main", main.url()}, {"spare", spare.url()}});
    for (int i = 0; i < 3; ++i) EXPECT_EQ(content_of(chat(gateway)), "spare");
    EXPECT_EQ(main.requests(), 1);
}

TEST(Fallback, never_takes_the_callers_own_key_to_another_provider)
{
    FakeUpstream main(status(401)), spare(chat_answer("spare"));
    TestGateway gateway({{"main", main.url()}, {"spare", spare.url()}});
    const auto answer = chat(gateway, "", "X-API-Key: sk-mine\r\n");
    EXPECT_EQ(answer.status, 401);
    EXPECT_EQ(code_of(answer), "upstream_auth_failed");
    EXPECT_TRUE(main.head(0).contains("Bearer sk-mine"));
    EXPECT_EQ(spare.requests(), 0);
}

Reply too_long()
{
    return status(400, error_body("context_length_exceeded"));
}
void windows(Config& config, std::vector<std::int64_t> sizes)
{
    for (std::size_t i = 0; i < sizes.size(); ++i) {
        auto& model = config.providers[i].models.emplace_back();
        model.id = "fake-model";
        model.context_window = sizes[i];
    }
}

TEST(Fallback, takes_a_prompt_that_is_too_long_to_a_larger_window_only)
{
    FakeUpstream main(too_long()), smaller(chat_answer("smaller")), larger(chat_answer("larger"));
    TestGateway gateway(
        {{"main", main.url()}, {"smaller", smaller.url()}, {"larger", larger.url()}},
        [](Config& config) { windows(config, {8000, 4000, 100000}); }
    );
    EXPECT_EQ(content_of(chat(gateway)), "larger");
    EXPECT_EQ(main.requests(), 1);
    EXPECT_EQ(smaller.requests(), 0);
    EXPECT_EQ(larger.requests(), 1);
}

TEST(Fallback, says_that_a_prompt_is_too_long_where_no_window_is_larger)
{
    FakeUpstream main(too_long()), equal(chat_answer("equal"));
    TestGateway gateway({{"main", main.url()}, {"equal", equal.url()}}, [](Config& config) {
        windows(config, {8000, 8000});
    });
    const auto answer = chat(gateway);
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(code_of(answer), "context_length_exceeded");
    EXPECT_EQ(equal.requests(), 0);
}

TEST(ContentFilter, is_the_answer_and_not_routed_around)
{
    FakeUpstream main(status(400, error_body("content_filter"))), spare(chat_answer("spare"));
    TestGateway gateway({{"main", main.url()}, {"spare", spare.url()}});
    const auto answer = chat(gateway);
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(code_of(answer), "content_filtered");
    EXPECT_EQ(spare.requests(), 0);
}

TEST(ContentFilter, is_routed_around_where_the_route_says_so)
{
    FakeUpstream main(status(400, error_body("content_filter"))), spare(chat_answer("spare"));
    TestGateway gateway({{"main", main.url()}, {"spare", spare.url()}}, [](Config& config) {
        config.routes[0].fall_back_on_filter = true;
    });
    EXPECT_EQ(content_of(chat(gateway)), "spare");
    EXPECT_EQ(main.requests(), 1);
}

TEST(WeightedRoute, shares_out_by_weight)
{
    FakeUpstream none(chat_answer("none")), half(chat_answer("half")), rest(chat_answer("rest"));
    TestGateway gateway(
        {{"none", none.url()}, {"half", half.url()}, {"rest", rest.url()}},
        [](Config& config) {
            config.routes[0].strategy = Strategy::weighted;
            config.routes[0].targets[0].weight = 0;
        }
    );
    for (int i = 0; i < 60; ++i) EXPECT_EQ(chat(gateway).status, 200);
    EXPECT_EQ(none.requests(), 0);
    EXPECT_GT(half.requests(), 0);
    EXPECT_GT(rest.requests(), 0);
}

TEST(WeightedRoute, falls_back_to_the_others)
{
    FakeUpstream failing(status(500)), spare(chat_answer("spare"));
    TestGateway gateway({{"failing", failing.url()}, {"spare", spare.url()}}, [](Config& config) {
        once_each(config);
        config.routes[0].strategy = Strategy::weighted;
        config.routes[0].targets[1].weight = 0;
    });
    EXPECT_EQ(content_of(chat(gateway)), "spare");
    EXPECT_EQ(failing.requests(), 1);
}

TEST(LeastLatencyRoute, prefers_the_fastest_once_all_are_known)
{
    const auto late = [](Peer& peer) {
        peer.pause(60ms);
        return chat_answer("slow")(peer);
    };
    FakeUpstream slow(late), fast(chat_answer("fast"));
    TestGateway gateway({{"slow", slow.url()}, {"fast", fast.url()}}, [](Config& config) {
        config.routes[0].strategy = Strategy::least_latency;
    });
    for (int i = 0; i < 5; ++i) chat(gateway);
    EXPECT_EQ(slow.requests(), 1);
    EXPECT_EQ(fast.requests(), 4);
}

}  // namespace

}  // namespace sluice::test
