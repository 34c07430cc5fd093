#include "support/calls.hpp"
#include "support/fake_upstream.hpp"
#include "support/test_gateway.hpp"

#include <gmock/gmock.h>

namespace sluice::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr auto chat_path = "/api/v1/auto/chat";
constexpr auto own_key = "sk-own-5ec2e7";
const std::string own_header = concat("X-API-Key: ", own_key, "\r\n");
const std::string refusal =
    R"({"error":{"message":"Incorrect API key provided","type":"invalid_request_error","param":null,"code":"invalid_api_key"}})";

TEST(OwnKey, replaces_the_configured_one)
{
    FakeUpstream fake(chat_answer("yes"));
    TestGateway gateway({{"main", fake.url()}});
    EXPECT_EQ(post(gateway.port(), chat_path, chat_body(), own_header).status, 200);
    EXPECT_THAT(fake.head(0), HasSubstr(concat("Bearer ", own_key, "\r\n")));
    EXPECT_THAT(fake.head(0), Not(HasSubstr("sk-upstream-main")));
    post(gateway.port(), chat_path, chat_body());
    EXPECT_THAT(fake.head(1), HasSubstr("Bearer sk-upstream-main\r\n")) << "for that request only";
}

TEST(OwnKey, never_goes_to_a_fallback_of_another_provider)
{
    FakeUpstream first(status(503)), second(chat_answer("yes"));
    TestGateway gateway({{"first", first.url()}, {"second", second.url()}});
    EXPECT_EQ(post(gateway.port(), chat_path, chat_body(), own_header).status, 503);
    EXPECT_GE(first.requests(), 1);
    EXPECT_EQ(second.requests(), 0);
}

TEST(OwnKey, goes_to_the_first_target_even_while_its_breaker_is_open)
{
    FakeUpstream first(status(500)), second(chat_answer("yes"));
    TestGateway gateway({{"first", first.url()}, {"second", second.url()}}, [](Config& config) {
        config.providers[0].breaker.min_requests = 1;
        config.providers[0].retry.max_attempts = 1;
    });
    post(gateway.port(), chat_path, chat_body());
    const auto before = first.requests();
    post(gateway.port(), chat_path, chat_body());
    ASSERT_EQ(first.requests(), before) << "open for the configured key";
    EXPECT_EQ(post(gateway.port(), chat_path, chat_body(), own_header).status, 502);
    EXPECT_EQ(first.requests(), before + 1);
    EXPECT_THAT(first.head(before), HasSubstr(own_key));
}

TEST(OwnKey, refused_by_the_provider_is_the_callers_401)
{
    FakeUpstream fake(status(401, refusal));
    TestGateway gateway({{"main", fake.url()}});
    const auto answer = post(gateway.port(), chat_path, chat_body(), own_header);
    EXPECT_EQ(answer.status, 401);
    EXPECT_EQ(at(answer.body, "/error/code"), R"("upstream_auth_failed")");
    EXPECT_EQ(fake.requests(), 1);
    EXPECT_EQ(post(gateway.port(), chat_path, chat_body()).status, 502)
        << "of the configured key it is the gateway's trouble";
}

TEST(OwnKey, failures_do_not_open_the_shared_breaker)
{
    FakeUpstream fake([](Peer& peer) {
        return peer.head().contains(own_key) ? status(500)(peer) : chat_answer("yes")(peer);
    });
    TestGateway gateway({{"main", fake.url()}}, [](Config& config) {
        config.providers[0].breaker.min_requests = 1;
    });
    for (int i = 0; i < 5; ++i)
        EXPECT_EQ(post(gateway.port(), chat_path, chat_body(), own_header).status, 502);
    EXPECT_EQ(post(gateway.port(), chat_path, chat_body()).status, 200);
    EXPECT_EQ(at(get(gateway.port(), "/health").body, "/status"), R"("healthy")");
}

TEST(OwnKey, serves_a_provider_that_has_none_configured)
{
    FakeUpstream fake(chat_answer("yes"));
    auto config = test_config({{"main", fake.url()}});
    config.providers[0].api_key.clear();
    TestGateway gateway(std::move(config));
    EXPECT_EQ(post(gateway.port(), chat_path, chat_body(), own_header).status, 200);
    EXPECT_THAT(fake.head(0), HasSubstr(own_key));
}

TEST(OwnKey, is_asked_for_where_neither_side_has_one)
{
    auto config = test_config({{"main", "https://api.invalid/v1"}});
    config.providers[0].api_key.clear();
    TestGateway gateway(std::move(config));
    const auto answer = post(gateway.port(), chat_path, chat_body());
    EXPECT_EQ(answer.status, 503);
    EXPECT_EQ(at(answer.body, "/error/code"), R"("provider_not_configured")");
}

}  // namespace
}  // namespace sluice::test
