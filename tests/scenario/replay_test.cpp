#include "core/digest.hpp"
#include "support/chat_calls.hpp"
#include "support/fake_upstream.hpp"

#include <gmock/gmock.h>

/// What a provider wants back with its tool calls comes back to it, though the caller's format has
/// no place for it.
namespace sluice::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr auto thought =
    R"({"type":"thinking","thinking":"The user wants weather.","signature":"c2lnbmVk"})";
const std::string called = concat(
    R"({"id":"msg_1","type":"message","role":"assistant","model":"claude-opus-5-5","content":[)",
    thought,
    R"(,{"type":"tool_use","id":"toolu_01","name":"get_weather","input":{"city":"Paris"}}],)",
    R"("stop_reason":"tool_use","stop_sequence":null,"usage":{"input_tokens":9,"output_tokens":9}})"
);
const std::string said =
    R"({"id":"msg_2","type":"message","role":"assistant","model":"claude-opus-5-5","content":[{"type":"text","text":"Sunny."}],)"
    R"("stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":9,"output_tokens":2}})";

constexpr auto tools =
    R"("tools":[{"type":"function","function":{"name":"get_weather","parameters":{"type":"object","properties":{"city":{"type":"string"}}}}}])";

/// A gateway before Anthropic, with two callers.
Config config_for(const FakeUpstream& fake)
{
    auto config = test_config({{"claude", fake.url()}});
    config.providers[0].type = "anthropic";
    config.providers[0].default_model = "claude-opus-5-5";
    for (const auto* name : {"one", "two"}) {
        GatewayKeyConfig key;
        key.name = name;
        key.tenant = name;
        key.sha256 = sha256_hex(name);
        config.auth.keys.push_back(key);
    }
    return config;
}

RawResponse ask(TestGateway& gateway, const std::string& messages, const std::string& key)
{
    return post(
        gateway.port(),
        "/v1/chat/completions",
        concat(R"({"model":"claude/claude-opus-5-5","messages":[)", messages, "],", tools, "}"),
        concat("Authorization: Bearer ", key, "\r\n")
    );
}

const std::string question = R"({"role":"user","content":"Weather in Paris?"})";
const std::string round =
    question +
    R"(,{"role":"assistant","content":null,"tool_calls":[{"id":"toolu_01","type":"function","function":{"name":"get_weather","arguments":"{\"city\":\"Paris\"}"}}]})"
    R"(,{"role":"tool","tool_call_id":"toolu_01","content":"sunny"})";

TEST(Replay, a_signed_thought_comes_back_before_its_tool_call)
{
    FakeUpstream fake(in_turn({json(called), json(said)}));
    TestGateway gateway(config_for(fake));
    const auto first = ask(gateway, question, "one");
    ASSERT_EQ(first.status, 200) << first.body;
    EXPECT_EQ(at(first.body, "/choices/0/message/tool_calls/0/id"), R"("toolu_01")");
    EXPECT_THAT(first.body, Not(HasSubstr("c2lnbmVk")));

    const auto second = ask(gateway, round, "one");
    ASSERT_EQ(second.status, 200) << second.body;
    EXPECT_EQ(at(fake.body(1), "/messages/1/content/0"), thought);
    EXPECT_EQ(at(fake.body(1), "/messages/1/content/1/id"), R"("toolu_01")");
}

TEST(Replay, is_nobody_elses)
{
    FakeUpstream fake(in_turn({json(called), json(said)}));
    TestGateway gateway(config_for(fake));
    ASSERT_EQ(ask(gateway, question, "one").status, 200);
    ASSERT_EQ(ask(gateway, round, "two").status, 200);
    EXPECT_THAT(fake.body(1), Not(HasSubstr("c2lnbmVk")));
}

TEST(Replay, of_a_stream_comes_back_too)
{
    const auto event = [](std::string_view type, const std::string& rest) {
        return concat("event: ", type, "\ndata: {\"type\":\"", type, "\"", rest, "}\n\n");
    };
    FakeUpstream fake(in_turn(
        {sse(
             {event(
                  "message_start",
                  R"(,"message":{"id":"msg_1","type":"message","role":"assistant","model":"m","content":[],"stop_reason":null,"usage":{"input_tokens":9,"output_tokens":1}})"
              ),
              event(
                  "content_block_start",
                  R"(,"index":0,"content_block":{"type":"thinking","thinking":"","signature":""})"
              ),
              event(
                  "content_block_delta",
                  R"(,"index":0,"delta":{"type":"thinking_delta","thinking":"The user wants weather."})"
              ),
              event(
                  "content_block_delta",
                  R"(,"index":0,"delta":{"type":"signature_delta","signature":"c2lnbmVk"})"
              ),
              event("content_block_stop", R"(,"index":0)"),
              event(
                  "content_block_start",
                  R"(,"index":1,"content_block":{"type":"tool_use","id":"toolu_01","name":"get_weather","input":{}})"
              ),
              event(
                  "content_block_delta",
                  R"(,"index":1,"delta":{"type":"input_json_delta","partial_json":"{\"city\":\"Paris\"}"})"
              ),
              event("content_block_stop", R"(,"index":1)"),
              event(
                  "message_delta",
                  R"(,"delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"output_tokens":9})"
              ),
              event("message_stop", "")}
         ),
         json(said)}
    ));
    TestGateway gateway(config_for(fake));
    const auto first = post(
        gateway.port(),
        "/v1/chat/completions",
        concat(
            R"({"model":"claude/claude-opus-5-5","stream":true,"messages":[)",
            question,
            "],",
            tools,
            "}"
        ),
        "Authorization: Bearer one\r\n"
    );
    EXPECT_TRUE(story_of(first).complete()) << first.body;
    ASSERT_EQ(ask(gateway, round, "one").status, 200);
    EXPECT_EQ(at(fake.body(1), "/messages/1/content/0"), thought);
}

}  // namespace
}  // namespace sluice::test
