#include "core/digest.hpp"
#include "support/calls.hpp"
#include "support/fake_upstream.hpp"
#include "support/test_gateway.hpp"

#include <gmock/gmock.h>

namespace sluice::test {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

constexpr auto chat_path = "/api/v1/auto/chat";
const std::string good_key = "Authorization: Bearer sk-gate-1\r\n";

/// Asks for the key sk-gate-1, whose limits are as given.
auto with_key(GatewayKeyConfig key)
{
    key.name = "website";
    key.sha256 = sha256_hex("sk-gate-1");
    key.tenant = "acme";
    return [key](Config& config) { config.auth.keys = {key}; };
}

TEST(Admission, a_gateway_key_is_asked_for_where_keys_are_configured)
{
    FakeUpstream fake(chat_answer("yes"));
    TestGateway gateway({{"main", fake.url()}}, with_key({}));
    const CapturedLog log;
    for (const std::string wrong :
         {"",
          "Authorization: Bearer sk-gate-2\r\n",
          "Authorization: Basic sk-gate-1\r\n",
          "X-API-Key: sk-gate-1\r\n"}) {
        const auto answer = post(gateway.port(), chat_path, chat_body(), wrong);
        EXPECT_EQ(answer.status, 401) << wrong;
        EXPECT_THAT(std::string(answer.header("www-authenticate")), HasSubstr("Bearer"));
        EXPECT_EQ(at(answer.body, "/error/code"), R"("unauthorized")");
        EXPECT_EQ(at(answer.body, "/error/type"), R"("authentication")");
    }
    EXPECT_EQ(get(gateway.port(), "/api/v1/main/models").status, 401);
    EXPECT_EQ(fake.requests(), 0);

    EXPECT_EQ(post(gateway.port(), chat_path, chat_body(), good_key).status, 200);
    EXPECT_THAT(log.line_with(R"("status":200)"), HasSubstr(R"("tenant":"acme")"));
    EXPECT_FALSE(fake.head(0).contains("sk-gate-1")) << "it is no business of the provider";
}

TEST(Admission, past_its_rate_a_key_gets_429_with_the_wait)
{
    FakeUpstream fake(chat_answer("yes"));
    GatewayKeyConfig key;
    key.requests_per_minute = 60;
    key.burst = 2;
    TestGateway gateway({{"main", fake.url()}}, with_key(key));
    const auto first = post(gateway.port(), chat_path, chat_body(), good_key);
    EXPECT_EQ(first.status, 200);
    EXPECT_EQ(first.header("x-ratelimit-limit-requests"), "2");
    EXPECT_EQ(first.header("x-ratelimit-remaining-requests"), "1");
    EXPECT_NE(first.header("x-ratelimit-reset-requests"), "");
    EXPECT_EQ(post(gateway.port(), chat_path, chat_body(), good_key).status, 200);

    const auto refused = post(gateway.port(), chat_path, chat_body(), good_key);
    EXPECT_EQ(refused.status, 429);
    EXPECT_EQ(at(refused.body, "/error/code"), R"("limit_exceeded")");
    EXPECT_EQ(at(refused.body, "/error/type"), R"("limit")");
    EXPECT_EQ(at(refused.body, "/error/retryable"), "true");
    EXPECT_EQ(refused.header("x-ratelimit-limit-requests"), "2");
    EXPECT_EQ(refused.header("x-ratelimit-remaining-requests"), "0");
    EXPECT_NE(refused.header("x-ratelimit-reset-requests"), "");
    EXPECT_EQ(refused.header("retry-after"), "1");
    const auto wait = std::stoi(std::string(refused.header("retry-after-ms")));
    EXPECT_GT(wait, 0);
    EXPECT_LE(wait, 1000);
    EXPECT_EQ(refused.header("x-should-retry"), "") << "waiting helps";
    EXPECT_EQ(fake.requests(), 2);
    EXPECT_EQ(gateway.metric(R"(sluice_rejected_total{reason="limit_exceeded"})"), 1);
}

TEST(Admission, past_its_concurrency_a_key_gets_429_until_a_place_is_free)
{
    FakeUpstream fake(in_turn({hang(), chat_answer("yes")}));
    GatewayKeyConfig key;
    key.max_concurrency = 1;
    TestGateway gateway({{"main", fake.url()}}, with_key(key));
    RawClient running(gateway.port());
    running.send(request_text("POST", chat_path, chat_body(), good_key));
    ASSERT_TRUE(eventually([&] { return fake.requests() == 1; }));
    const auto refused = post(gateway.port(), chat_path, chat_body(), good_key);
    EXPECT_EQ(refused.status, 429);
    EXPECT_NE(refused.header("retry-after"), "");
    running.close();
    EXPECT_TRUE(eventually([&] {
        return post(gateway.port(), chat_path, chat_body(), good_key).status == 200;
    }));
}

TEST(Admission, a_full_gateway_answers_503_at_once)
{
    FakeUpstream fake(hang());
    TestGateway gateway({{"main", fake.url()}}, [](Config& config) {
        config.server.max_concurrency = 1;
        config.server.queue_size = 0;
    });
    RawClient running(gateway.port());
    running.send(request_text("POST", chat_path, chat_body()));
    ASSERT_TRUE(eventually([&] { return fake.requests() == 1; }));
    const auto refused = post(gateway.port(), chat_path, chat_body());
    EXPECT_EQ(refused.status, 503);
    EXPECT_EQ(at(refused.body, "/error/code"), R"("gateway_overloaded")");
    EXPECT_NE(refused.header("retry-after"), "");
    EXPECT_NE(refused.header("retry-after-ms"), "");
    EXPECT_EQ(get(gateway.port(), "/livez").status, 200);
    EXPECT_EQ(fake.requests(), 1);
}

TEST(Admission, who_waits_in_the_queue_is_let_in_when_a_place_is_free)
{
    FakeUpstream fake(in_turn(
        {[](Peer& peer) {
             peer.pause(150ms);
             return chat_answer("first")(peer);
         },
         chat_answer("second")}
    ));
    TestGateway gateway({{"main", fake.url()}}, [](Config& config) {
        config.server.max_concurrency = 1;
    });
    RawClient first(gateway.port()), second(gateway.port());
    first.send(request_text("POST", chat_path, chat_body()));
    ASSERT_TRUE(eventually([&] { return fake.requests() == 1; }));
    second.send(request_text("POST", chat_path, chat_body()));
    ASSERT_TRUE(eventually([&] { return gateway.metric("sluice_queue_depth") == 1; }));
    EXPECT_EQ(fake.requests(), 1);
    EXPECT_EQ(at(first.read_response().body, "/message/content"), R"("first")");
    EXPECT_EQ(at(second.read_response().body, "/message/content"), R"("second")");
}

TEST(Admission, who_waits_too_long_in_the_queue_gets_503)
{
    FakeUpstream fake(hang());
    TestGateway gateway({{"main", fake.url()}}, [](Config& config) {
        config.server.max_concurrency = 1;
        config.server.queue_timeout = 80ms;
    });
    RawClient running(gateway.port());
    running.send(request_text("POST", chat_path, chat_body()));
    ASSERT_TRUE(eventually([&] { return fake.requests() == 1; }));
    const auto began = Clock::now();
    EXPECT_EQ(post(gateway.port(), chat_path, chat_body()).status, 503);
    EXPECT_GE(Clock::now() - began, 80ms);
}

TEST(Admission, health_stays_open_and_metrics_have_a_switch)
{
    for (const bool protect : {false, true}) {
        TestGateway gateway({{"main", "http://127.0.0.1:1/v1"}}, [&](Config& config) {
            with_key({})(config);
            config.auth.protect_metrics = protect;
        });
        for (const auto* path : {"/health", "/api/health", "/livez", "/readyz", "/healthz"})
            EXPECT_EQ(get(gateway.port(), path).status, 200) << path;
        EXPECT_EQ(get(gateway.port(), "/metrics").status, protect ? 401 : 200);
        EXPECT_EQ(get(gateway.port(), "/metrics", good_key).status, 200);
    }
}

}  // namespace
}  // namespace sluice::test
