#include "core/digest.hpp"
#include "core/sse.hpp"
#include "support/chat_calls.hpp"
#include "support/fake_upstream.hpp"
#include "support/fixture.hpp"

#include <gmock/gmock.h>

namespace sluice::test {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr auto path = "/v1/messages";

/// A request to the route "auto". more: members for the body.
std::string body_of(const std::string& more = "", const std::string& said = R"("hi")")
{
    return R"({"model":"auto","max_tokens":64,"messages":[{"role":"user","content":)" + said +
           "}]" + (more.empty() ? "" : "," + more) + "}";
}
RawResponse ask(TestGateway& gateway, const std::string& more = "", std::string_view headers = "")
{
    return post(gateway.port(), path, body_of(more), headers);
}

/// One provider that speaks Anthropic's dialect.
auto as_anthropic(Config& config)
{
    config.providers[0].type = "anthropic";
}
Fixture wire()
{
    return {std::filesystem::path(SLUICE_SOURCE_DIR) / "tests/fixtures/api/messages"};
}

/// The names of a stream's events, in order, deltas and their blocks left out.
std::string events_of(const RawResponse& answer)
{
    std::string names;
    SseParser parser;
    parser.feed(answer.body);
    while (true) {
        const auto event = parser.next();
        if (!event || !*event) return names;
        EXPECT_EQ(at((*event)->data, "/type"), concat("\"", (*event)->type, "\""));
        if ((*event)->type.starts_with("content_block")) continue;
        names += concat(names.empty() ? "" : " ", (*event)->type);
    }
}

constexpr auto tool_answer =
    R"({"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"fake-model","choices":[{"index":0,)"
    R"("message":{"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function",)"
    R"("function":{"name":"get_weather","arguments":"{\"city\":\"Paris\"}"}}]},"finish_reason":"tool_calls"}],)"
    R"("usage":{"prompt_tokens":20,"completion_tokens":8,"total_tokens":28,"prompt_tokens_details":{"cached_tokens":5}}})";
constexpr auto tools =
    R"("tools":[{"name":"get_weather","input_schema":{"type":"object","properties":{"city":{"type":"string"}}}}])";

TEST(Messages, are_answered_by_a_provider_of_another_dialect)
{
    FakeUpstream fake(chat_answer("Paris"));
    TestGateway gateway({{"main", fake.url()}});
    const auto answer = ask(gateway, R"("system":"Be brief","stop_sequences":["x"])");
    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(answer.header("content-type"), "application/json");
    EXPECT_EQ(answer.header("request-id"), answer.header("x-request-id"));
    EXPECT_EQ(answer.header("x-sluice-provider"), "main");
    EXPECT_EQ(at(answer.body, "/type"), R"("message")");
    EXPECT_EQ(at(answer.body, "/content"), R"([{"type":"text","text":"Paris"}])");
    EXPECT_EQ(at(answer.body, "/stop_reason"), R"("end_turn")");
    EXPECT_EQ(
        at(fake.body(0), "/messages"),
        R"([{"role":"system","content":"Be brief"},{"role":"user","content":"hi"}])"
    );
    EXPECT_EQ(at(fake.body(0), "/stop"), R"(["x"])");
    EXPECT_EQ(at(fake.body(0), "/max_tokens"), "64");
}

TEST(Messages, stream_from_a_provider_of_another_dialect)
{
    FakeUpstream fake(chat_stream({"Hel", "lo"}));
    TestGateway gateway({{"main", fake.url()}});
    const auto answer = ask(gateway, R"("stream":true)");
    EXPECT_EQ(answer.header("content-type"), "text/event-stream");
    EXPECT_EQ(events_of(answer), "message_start message_delta message_stop") << answer.body;
    EXPECT_THAT(answer.body, HasSubstr(R"("delta":{"type":"text_delta","text":"Hel"})"));
    EXPECT_THAT(answer.body, HasSubstr(R"("delta":{"type":"text_delta","text":"lo"})"));
    EXPECT_THAT(answer.body, HasSubstr(R"("stop_reason":"end_turn")"));
    EXPECT_THAT(answer.body, HasSubstr(R"("usage":{"input_tokens":3,)"));
    EXPECT_TRUE(answer.complete);
}

TEST(Messages, let_any_provider_call_tools)
{
    FakeUpstream fake(in_turn({json(tool_answer), chat_answer("sunny")}));
    TestGateway gateway({{"main", fake.url()}});
    const auto called = ask(gateway, tools);
    EXPECT_EQ(
        at(called.body, "/content"),
        R"([{"type":"tool_use","id":"call_1","name":"get_weather","input":{"city":"Paris"}}])"
    );
    EXPECT_EQ(at(called.body, "/stop_reason"), R"("tool_use")");
    EXPECT_EQ(at(called.body, "/usage/input_tokens"), "15");
    EXPECT_EQ(at(called.body, "/usage/cache_read_input_tokens"), "5");
    EXPECT_EQ(at(fake.body(0), "/tools/0/function/name"), R"("get_weather")");

    const auto answer = post(
        gateway.port(),
        path,
        R"({"model":"auto","max_tokens":64,"messages":[{"role":"user","content":"hi"},{"role":"assistant","content":)" +
            at(called.body, "/content") +
            R"(},{"role":"user","content":[{"type":"tool_result","tool_use_id":"call_1","content":"sun"}]}],)" +
            tools + "}"
    );
    EXPECT_EQ(at(answer.body, "/content/0/text"), R"("sunny")") << answer.body;
    EXPECT_EQ(
        at(fake.body(1), "/messages/2"),
        R"({"role":"tool","tool_call_id":"call_1","content":"sun"})"
    );
}

TEST(Messages, pass_through_byte_for_byte_where_the_provider_speaks_them)
{
    FakeUpstream fake(json(wire().read("anthropic_message.json")));
    TestGateway gateway({{"main", fake.url()}}, as_anthropic);
    const auto answer = ask(gateway, R"("container":"c","some_new_field":  [1.50])");
    EXPECT_EQ(answer.body, wire().read("anthropic_message.json"));
    EXPECT_THAT(fake.head(0), StartsWith("POST /v1/messages HTTP/1.1\r\n"));
    EXPECT_THAT(fake.body(0), HasSubstr(R"("container":"c","some_new_field":  [1.50])"));
    EXPECT_EQ(at(fake.body(0), "/model"), R"("fake-model")");
}

TEST(Messages, stream_byte_for_byte_where_the_provider_speaks_them)
{
    for (const auto* name : {"anthropic_stream.sse", "anthropic_tools_stream.sse"}) {
        const auto events = wire().read(name);
        FakeUpstream fake(sse({events}));
        TestGateway gateway({{"main", fake.url()}}, as_anthropic);
        const auto answer = ask(gateway, R"("stream":true)");
        EXPECT_EQ(answer.body, events);
        EXPECT_TRUE(answer.complete);
    }
}

TEST(Messages, that_only_anthropic_understands_go_to_nobody_else)
{
    FakeUpstream fake(chat_answer("no"));
    TestGateway gateway({{"main", fake.url()}});
    const auto answer = ask(gateway, R"("tools":[{"type":"web_search_20260209","name":"w"}])");
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(at(answer.body, "/error/type"), R"("invalid_request_error")");
    EXPECT_THAT(answer.body, HasSubstr("tools[0]"));
    EXPECT_EQ(fake.requests(), 0);
}

TEST(Messages, are_refused_in_anthropics_words)
{
    FakeUpstream fake(chat_answer("no"));
    TestGateway gateway({{"main", fake.url()}});
    const auto answer = ask(gateway, R"("temperature":2)");
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(at(answer.body, "/type"), R"("error")");
    EXPECT_EQ(at(answer.body, "/error/type"), R"("invalid_request_error")");
    EXPECT_THAT(at(answer.body, "/error/message"), HasSubstr("temperature must be"));
    EXPECT_EQ(at(answer.body, "/request_id"), concat("\"", answer.header("request-id"), "\""));
}

TEST(Messages, tell_a_failure_before_the_first_token_by_the_status)
{
    FakeUpstream fake(status(429, error_body("rate_limit_exceeded"), "retry-after: 7\r\n"));
    TestGateway gateway({{"main", fake.url()}}, [](Config& config) {
        config.providers[0].retry.max_attempts = 1;
    });
    const auto answer = ask(gateway, R"("stream":true)");
    EXPECT_EQ(answer.status, 429);
    EXPECT_EQ(answer.header("content-type"), "application/json");
    EXPECT_EQ(answer.header("retry-after"), "7");
    EXPECT_EQ(at(answer.body, "/error/type"), R"("rate_limit_error")");
}

TEST(Messages, tell_a_failure_in_mid_stream_by_an_error_event)
{
    const Reply cut = [](Peer& peer) {
        peer.send(stream_head());
        peer.send(chunked(chunk_event("half")));
        peer.pause(std::chrono::milliseconds(20));
        return false;
    };
    FakeUpstream fake(cut);
    TestGateway gateway({{"main", fake.url()}});
    const auto answer = ask(gateway, R"("stream":true)");
    EXPECT_EQ(answer.status, 200);
    EXPECT_THAT(answer.body, HasSubstr(R"("text":"half")"));
    EXPECT_EQ(events_of(answer), "message_start error") << answer.body;
}

TEST(Messages, of_anthropic_that_break_off_end_in_an_error_event)
{
    const auto events = wire().read("anthropic_stream.sse");
    const auto half = events.substr(0, events.find("event: content_block_stop"));
    FakeUpstream fake(sse({half}));
    TestGateway gateway({{"main", fake.url()}}, as_anthropic);
    const auto answer = ask(gateway, R"("stream":true)");
    EXPECT_THAT(answer.body, StartsWith(half));
    EXPECT_THAT(events_of(answer), EndsWith(" error")) << answer.body;
}

TEST(Messages, take_the_gateway_key_from_x_api_key)
{
    FakeUpstream fake(chat_answer("yes"));
    TestGateway gateway({{"main", fake.url()}}, [](Config& config) {
        GatewayKeyConfig key;
        key.name = "agent";
        key.sha256 = sha256_hex("sk-gate-1");
        config.auth.keys = {key};
    });
    EXPECT_EQ(ask(gateway, "", "x-api-key: sk-gate-1\r\n").status, 200);
    EXPECT_EQ(ask(gateway, "", "Authorization: Bearer sk-gate-1\r\n").status, 200);
    EXPECT_THAT(fake.head(0), HasSubstr("Bearer sk-upstream-main\r\n"));
    const auto refused = ask(gateway, "", "x-api-key: sk-gate-2\r\n");
    EXPECT_EQ(refused.status, 401);
    EXPECT_EQ(at(refused.body, "/error/type"), R"("authentication_error")");
    EXPECT_FALSE(refused.header("request-id").empty());
}

TEST(Messages, are_counted_without_asking_the_provider)
{
    FakeUpstream fake(chat_answer("no"));
    TestGateway gateway({{"main", fake.url()}});
    const auto count = [&](const std::string& text) {
        const auto answer = post(
            gateway.port(),
            "/v1/messages/count_tokens?beta=true",
            R"({"model":"auto","messages":[{"role":"user","content":")" + text + "\"}]}"
        );
        EXPECT_EQ(answer.status, 200) << answer.body;
        return std::stoll(at(answer.body, "/input_tokens"));
    };
    const auto few = count("Name the capital of France.");
    EXPECT_GT(few, 5);
    EXPECT_LT(few, 50);
    std::string much;
    for (int i = 0; i < 5000; ++i) much += "Name the capital of France. ";
    EXPECT_GT(count(much), 1000 * few) << "off the event loop";
    EXPECT_EQ(fake.requests(), 0);
}

}  // namespace
}  // namespace sluice::test
