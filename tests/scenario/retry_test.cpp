#include "support/chat_calls.hpp"
#include "support/fake_upstream.hpp"

#include <gtest/gtest.h>

#include <ostream>

namespace sluice::test {

namespace {

using namespace std::chrono_literals;

struct Failure {
    std::string name;
    Reply reply;
    std::string code;  ///< what the caller gets to hear of it
    int status = 502;  ///< and with which status
};
void PrintTo(const Failure& failure, std::ostream* out)
{
    *out << failure.name;
}
const auto failure_name = [](const auto& info) { return info.param.name; };

constexpr auto page = "<html><head><title>Welcome</title></head></html>";

class TransientFailure : public testing::TestWithParam<Failure> {};

TEST_P(TransientFailure, is_retried_at_the_same_target)
{
    FakeUpstream upstream(in_turn({GetParam().reply, GetParam().reply, chat_answer("at last")}));
    TestGateway gateway({{"main", upstream.url()}});
    const auto answer = chat(gateway);
    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(content_of(answer), "at last");
    EXPECT_EQ(upstream.requests(), 3);
    const auto failed = "main " + GetParam().code;
    EXPECT_EQ(attempts_of(answer), failed + ", " + failed + ", main ok");
    EXPECT_EQ(
        gateway.metric(
            series_of("sluice_retries_total", "main", "reason=\"" + GetParam().code + "\"")
        ),
        2
    );
}

TEST_P(TransientFailure, is_what_the_caller_gets_once_the_tries_are_used_up)
{
    FakeUpstream upstream(GetParam().reply);
    TestGateway gateway({{"main", upstream.url()}}, [](Config& config) {
        config.providers[0].retry.max_attempts = 2;
    });
    const auto answer = chat(gateway);
    EXPECT_EQ(answer.status, GetParam().status);
    EXPECT_EQ(code_of(answer), GetParam().code);
    EXPECT_EQ(answer.header("x-should-retry"), "false");
    EXPECT_EQ(upstream.requests(), 2);
}

INSTANTIATE_TEST_SUITE_P(
    of_every_kind,
    TransientFailure,
    testing::Values(
        Failure{"status_500", status(500), "upstream_error"},
        Failure{"status_502", status(502, page), "upstream_error"},
        Failure{"status_503", status(503), "upstream_overloaded", 503},
        Failure{"status_504", status(504), "upstream_error"},
        Failure{"status_520", status(520), "upstream_error"},
        Failure{"status_524", status(524), "upstream_error"},
        Failure{"status_529", status(529), "upstream_overloaded", 503},
        Failure{"status_408", status(408), "upstream_error"},
        Failure{"status_409", status(409), "upstream_error"},
        Failure{"rate_limit", status(429, error_body("rate_limit_exceeded")), "rate_limited", 429},
        Failure{"reset", reset(), "upstream_unreachable"},
        Failure{"closed", hang_up(), "upstream_unreachable"},
        Failure{"page_of_html", status(200, page), "bad_response"},
        Failure{"half_a_json", json(R"({"choices":[{"index":0,)"), "bad_response"},
        Failure{"no_choices", json(R"({"object":"chat.completion","choices":[]})"), "bad_response"},
        Failure{"nothing_at_all", json(""), "bad_response"},
        Failure{
            "body_cut_short",
            raw("HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{\"choices\":["),
            "bad_response"
        }
    ),
    failure_name
);

class FinalRefusal : public testing::TestWithParam<Failure> {};

TEST_P(FinalRefusal, is_never_retried_at_the_same_target)
{
    FakeUpstream upstream(GetParam().reply);
    TestGateway gateway({{"main", upstream.url()}});
    const auto answer = chat(gateway);
    EXPECT_EQ(answer.status, GetParam().status);
    EXPECT_EQ(code_of(answer), GetParam().code);
    EXPECT_EQ(answer.header("x-should-retry"), "false");
    EXPECT_EQ(upstream.requests(), 1);
    EXPECT_EQ(attempts_of(answer), "main " + GetParam().code);
}

INSTANTIATE_TEST_SUITE_P(
    of_every_kind,
    FinalRefusal,
    testing::Values(
        Failure{"status_400", status(400), "upstream_rejected", 400},
        Failure{"status_401", status(401), "upstream_auth_failed", 502},
        Failure{"status_402", status(402), "quota_exhausted", 429},
        Failure{"status_403", status(403), "upstream_auth_failed", 502},
        Failure{"status_404", status(404), "upstream_rejected", 404},
        Failure{"status_413", status(413), "upstream_rejected", 413},
        Failure{"status_422", status(422), "upstream_rejected", 422},
        Failure{
            "empty_purse", status(429, error_body("insufficient_quota")), "quota_exhausted", 429
        },
        Failure{
            "context_too_long",
            status(400, error_body("context_length_exceeded")),
            "context_length_exceeded",
            400
        }
    ),
    failure_name
);

/// The wait that a provider asks for, and how long the caller waited for the answer after it.
Clock::duration time_with_wait(const std::string& headers)
{
    const auto limited = status(429, error_body("rate_limit_exceeded"), headers);
    FakeUpstream upstream(in_turn({limited, chat_answer("now")}));
    TestGateway gateway({{"main", upstream.url()}});
    const auto started = Clock::now();
    const auto answer = chat(gateway);
    EXPECT_EQ(content_of(answer), "now") << answer.body;
    EXPECT_EQ(upstream.requests(), 2);
    return Clock::now() - started;
}

TEST(Retry, waits_as_long_as_the_provider_asks)
{
    EXPECT_GE(time_with_wait("retry-after-ms: 80\r\n"), 80ms);
    EXPECT_GE(time_with_wait("Retry-After: 0.08\r\n"), 80ms);
    EXPECT_GE(time_with_wait("Retry-After: 30\r\nretry-after-ms: 80\r\n"), 80ms);
}

TEST(Retry, takes_the_next_target_at_once_where_the_wait_is_longer_than_allowed)
{
    FakeUpstream limited(status(429, "", "retry-after: 9\r\n")), spare(chat_answer("spare"));
    TestGateway gateway({{"main", limited.url()}, {"spare", spare.url()}}, [](Config& config) {
        config.providers[0].retry.max_wait = 1s;
    });
    const auto started = Clock::now();
    EXPECT_EQ(content_of(chat(gateway)), "spare");
    EXPECT_LT(Clock::now() - started, 1s);
    EXPECT_EQ(limited.requests(), 1);
}

TEST(Retry, takes_the_next_target_at_once_where_the_wait_outlasts_the_deadline)
{
    FakeUpstream limited(status(503, "", "retry-after-ms: 3000\r\n")), spare(chat_answer("spare"));
    TestGateway gateway({{"main", limited.url()}, {"spare", spare.url()}});
    EXPECT_EQ(content_of(chat(gateway, "", "x-request-deadline-ms: 2000\r\n")), "spare");
    EXPECT_EQ(limited.requests(), 1);
}

TEST(Retry, asks_a_rate_limited_target_again_only_after_its_wait)
{
    const auto limited = status(429, "", "retry-after-ms: 20000\r\n");
    FakeUpstream main(in_turn({limited, chat_answer("main")})), spare(chat_answer("spare"));
    TestGateway gateway({{"main", main.url()}, {"spare", spare.url()}});
    EXPECT_EQ(content_of(chat(gateway)), "spare");
    EXPECT_EQ(content_of(chat(gateway)), "spare");
    EXPECT_EQ(main.requests(), 1);
}

TEST(Retry, stops_when_the_budget_is_used_up)
{
    FakeUpstream upstream(status(500));
    TestGateway gateway({{"main", upstream.url()}}, [](Config& config) {
        config.providers[0].retry.budget_burst = 2;
        config.providers[0].retry.budget_ratio = 0;
        config.providers[0].breaker.enabled = false;
    });
    chat(gateway);
    EXPECT_EQ(upstream.requests(), 3);
    const auto answer = chat(gateway);
    EXPECT_EQ(answer.status, 502);
    EXPECT_EQ(upstream.requests(), 4);
}

TEST(Retry, of_a_stale_connection_is_free)
{
    FakeUpstream upstream(in_turn({chat_answer("one"), hang_up(), chat_answer("two")}));
    TestGateway gateway({{"main", upstream.url()}}, [](Config& config) {
        config.providers[0].retry.max_attempts = 1;
        config.providers[0].retry.budget_burst = 0;
    });
    EXPECT_EQ(content_of(chat(gateway)), "one");
    const auto answer = chat(gateway);
    EXPECT_EQ(content_of(answer), "two");
    EXPECT_EQ(attempts_of(answer), "main ok");
    EXPECT_EQ(upstream.requests(), 3);
    EXPECT_EQ(upstream.connections(), 2);
}

std::string refusal_of(const std::string& field)
{
    return R"({"error":{"message":"Unsupported parameter: ')" + field +
           R"('","type":"invalid_request_error","param":")" + field +
           R"(","code":"unsupported_parameter"}})";
}

TEST(Repair, leaves_out_an_unsupported_parameter_and_remembers_it)
{
    FakeUpstream upstream(in_turn({status(400, refusal_of("seed")), chat_answer("fine")}));
    TestGateway gateway({{"main", upstream.url()}}, [](Config& config) {
        config.providers[0].retry.max_attempts = 1;
    });
    EXPECT_EQ(content_of(chat(gateway, R"("seed":7)")), "fine");
    ASSERT_EQ(upstream.requests(), 2);
    EXPECT_EQ(at(upstream.body(0), "/seed"), "7");
    EXPECT_EQ(at(upstream.body(1), "/seed"), "(none)");

    EXPECT_EQ(content_of(chat(gateway, R"("seed":7)")), "fine");
    ASSERT_EQ(upstream.requests(), 3);
    EXPECT_EQ(at(upstream.body(2), "/seed"), "(none)");
}

TEST(Repair, happens_once_a_request)
{
    FakeUpstream upstream(
        in_turn({status(400, refusal_of("top_p")), status(400, refusal_of("seed"))})
    );
    TestGateway gateway({{"main", upstream.url()}});
    const auto answer = chat(gateway, R"("top_p":0.5,"seed":1)");
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(code_of(answer), "unsupported_parameter");
    EXPECT_EQ(upstream.requests(), 2);
}

TEST(Advice, says_how_long_to_wait_after_429_and_503)
{
    for (const int code : {429, 503}) {
        FakeUpstream upstream(status(code, "", "retry-after-ms: 1200\r\n"));
        TestGateway gateway({{"main", upstream.url()}}, [](Config& config) {
            config.providers[0].retry.max_attempts = 1;
        });
        const auto answer = chat(gateway);
        EXPECT_EQ(answer.status, code);
        EXPECT_EQ(answer.header("retry-after"), "2");
        EXPECT_EQ(answer.header("retry-after-ms"), "1200");
        EXPECT_EQ(answer.header("x-should-retry"), "false");
    }
}

}  // namespace

}  // namespace sluice::test
