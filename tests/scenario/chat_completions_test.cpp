#include "support/chat_calls.hpp"
#include "support/fake_upstream.hpp"

#include <gmock/gmock.h>

namespace sluice::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr auto path = "/v1/chat/completions";

RawResponse complete(
    TestGateway& gateway, const std::string& more = "", std::string_view headers = ""
)
{
    return post(gateway.port(), path, chat_body(more), headers);
}

const std::string own_answer =
    R"({"id":"chatcmpl-9", "object":"chat.completion","created":1795176000,"model":"fake-model",)"
    R"("choices":[{"index":0,"message":{"role":"assistant","content":"Hi","x":1.50},"finish_reason":"stop"}],)"
    R"("usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5,"cost":1e-7},"odd":[1,  2]})";

TEST(ChatCompletions, passes_a_providers_own_answer_byte_for_byte)
{
    FakeUpstream fake(json(own_answer));
    TestGateway gateway({{"main", fake.url()}});
    const auto answer = complete(gateway);
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, own_answer);
    EXPECT_EQ(answer.header("x-sluice-provider"), "main");
}

TEST(ChatCompletions, passes_a_callers_body_byte_for_byte_but_for_the_model)
{
    FakeUpstream fake(json(own_answer));
    TestGateway gateway({{"main", fake.url()}});
    const std::string rest =
        R"("messages":[{"role":"user", "content":"a\u00e9"}],"seed":12345678901234567890,"n":1,)"
        R"("odd":{"b":1,"a":2.50},"odd":[])";
    const auto answer = post(gateway.port(), path, R"({"model":"main/some-model",)" + rest + "}");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(fake.body(0), R"({"model":"some-model",)" + rest + "}");
}

TEST(ChatCompletions, finds_the_target_by_provider_and_model_by_route_or_by_default)
{
    FakeUpstream first(chat_answer("first"));
    FakeUpstream second(chat_answer("second"));
    TestGateway gateway({{"main", first.url()}, {"spare", second.url()}});
    const auto text = [&](const std::string& model) {
        return at(complete(gateway, model).body, "/choices/0/message/content");
    };
    EXPECT_EQ(text(R"("model":"spare/anything")"), R"("second")");
    EXPECT_EQ(text(R"("model":"auto")"), R"("first")");
    EXPECT_EQ(text(""), R"("first")");
}

TEST(ChatCompletions, a_model_by_name_has_no_other_model_put_in_its_place)
{
    FakeUpstream failing(status(503));
    FakeUpstream other(chat_answer("other"));
    TestGateway gateway({{"main", failing.url()}, {"spare", other.url()}});
    const auto answer = complete(gateway, R"("model":"main/fake-model")");
    EXPECT_EQ(answer.status, 503);
    EXPECT_EQ(other.requests(), 0);
}

TEST(ChatCompletions, tells_errors_as_openai_and_as_mistral_do)
{
    FakeUpstream fake(status(400, error_body("nonsense", "no good")));
    TestGateway gateway({{"main", fake.url()}});
    const auto answer = complete(gateway);
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(at(answer.body, "/error/message"), R"("no good")");
    EXPECT_EQ(at(answer.body, "/error/type"), R"("invalid_request_error")");
    EXPECT_EQ(at(answer.body, "/object"), R"("error")");
    EXPECT_EQ(at(answer.body, "/message"), R"("no good")");
    EXPECT_EQ(answer.header("x-should-retry"), "false");

    const auto broken = post(gateway.port(), path, R"({"messages":[{"role":"nobody"}]})");
    EXPECT_EQ(broken.status, 400);
    EXPECT_EQ(at(broken.body, "/error/param"), R"("messages[0].role")");
    EXPECT_EQ(at(get(gateway.port(), "/v1/nothing").body, "/error/code"), R"("not_found")");
}

TEST(ChatCompletions, a_body_that_is_too_large_is_told_in_the_clients_form_too)
{
    FakeUpstream fake(chat_answer("yes"));
    TestGateway gateway({{"main", fake.url()}}, [](Config& config) {
        config.server.max_body = 2000;
    });
    const std::string large(3000, ' ');
    const auto openai = post(gateway.port(), path, large);
    EXPECT_EQ(openai.status, 413);
    EXPECT_EQ(at(openai.body, "/error/type"), R"("invalid_request_error")");
    EXPECT_EQ(at(openai.body, "/object"), R"("error")");
    const auto anthropic = post(gateway.port(), "/v1/messages", large);
    EXPECT_EQ(at(anthropic.body, "/error/type"), R"("request_too_large")");
    EXPECT_EQ(anthropic.header("request-id"), anthropic.header("x-request-id"));
    EXPECT_EQ(openai.header("request-id"), "");
    const auto panel = post(gateway.port(), "/api/chat", large);
    EXPECT_EQ(at(panel.body, "/code"), R"("payload_too_large")");
}

TEST(ChatCompletions, takes_the_gateways_key_from_the_headers_that_clients_use)
{
    FakeUpstream fake(chat_answer("yes"));
    TestGateway gateway({{"main", fake.url()}}, [](Config& config) {
        config.auth.keys.push_back(
            {.name = "one",
             .sha256 = "2c70e12b7a0646f92279f427c7b38e7334d8e5389cff167a1dc30e73f826b683",
             .tenant = "acme"}
        );  // sha256 of "key"
    });
    const auto status_with = [&](std::string_view headers) {
        return complete(gateway, "", headers).status;
    };
    EXPECT_EQ(status_with(""), 401);
    EXPECT_EQ(status_with("Authorization: Bearer key\r\n"), 200);
    EXPECT_EQ(status_with("x-api-key: key\r\n"), 200);
    EXPECT_EQ(status_with("api-key: key\r\n"), 200);
    EXPECT_EQ(status_with("x-api-key: other\r\n"), 401);
    EXPECT_THAT(fake.head(0), Not(HasSubstr("key: key")));
}

TEST(ChatCompletions, streams_with_usage_where_the_caller_wants_it)
{
    const std::vector<std::string> events{
        chunk_event("Hel"), chunk_event("lo"), finish_event(), usage_event(3, 2), "data: [DONE]\n\n"
    };
    FakeUpstream fake(sse(events));
    TestGateway gateway({{"main", fake.url()}});

    const auto riding = story_of(complete(gateway, R"("stream":true)"));
    EXPECT_TRUE(riding.complete());
    EXPECT_EQ(riding.text, "Hello");
    EXPECT_FALSE(riding.usage_alone);
    EXPECT_EQ(at(riding.usage, "/total_tokens"), "5");

    const auto asked =
        story_of(complete(gateway, R"("stream":true,"stream_options":{"include_usage":true})"));
    EXPECT_TRUE(asked.complete());
    EXPECT_TRUE(asked.usage_alone);
}

TEST(ChatCompletions, a_stream_that_breaks_ends_in_an_error_event)
{
    FakeUpstream fake(sse({chunk_event("Hel")}));
    TestGateway gateway({{"main", fake.url()}});
    const auto story = story_of(complete(gateway, R"("stream":true)"));
    EXPECT_TRUE(story.failed_with("stream_interrupted"));
}

std::string tool_event(const std::string& call)
{
    return R"(data: {"id":"c","object":"chat.completion.chunk","created":7,"model":"m","choices":[{"index":0,"delta":{"role":"assistant","tool_calls":[)" +
           call + "]},\"finish_reason\":null}]}\n\n";
}

TEST(ChatCompletions, gives_clients_of_mistral_whole_tool_calls)
{
    FakeUpstream fake(sse(
        {tool_event(
             R"({"index":0,"id":"call_1","type":"function","function":{"name":"f","arguments":""}})"
         ),
         tool_event(R"({"index":0,"function":{"arguments":"{\"a\""}})"),
         tool_event(R"({"index":0,"function":{"arguments":":1}"}})"),
         finish_event("tool_calls"),
         "data: [DONE]\n\n"}
    ));
    TestGateway gateway({{"main", fake.url()}});
    const auto whole = R"("name":"f","arguments":"{\"a\":1}")";
    const auto mistral =
        complete(gateway, R"("stream":true)", "User-Agent: mistral-client-typescript/2.7.0\r\n");
    EXPECT_TRUE(story_of(mistral).complete());
    EXPECT_THAT(mistral.body, HasSubstr(whole));
    const auto other = complete(gateway, R"("stream":true)");
    EXPECT_TRUE(story_of(other).complete());
    EXPECT_THAT(other.body, Not(HasSubstr(whole)));
    const auto by_field = complete(gateway, R"("stream":true,"safe_prompt":false)");
    EXPECT_THAT(by_field.body, HasSubstr(whole));
}

TEST(ChatCompletions, serves_clients_that_add_v1_twice)
{
    FakeUpstream fake(chat_answer("yes"));
    TestGateway gateway({{"main", fake.url()}});
    EXPECT_EQ(post(gateway.port(), "/v1/v1/chat/completions", chat_body()).status, 200);
}

const std::string vectors =
    R"({"object":"list","data":[{"object":"embedding","index":0,"embedding":[1.0,-0.5]}],"model":"fake-embed","usage":{"prompt_tokens":4,"total_tokens":4}})";

TEST(OpenAiEmbeddings, come_as_numbers_or_packed_as_the_caller_asks)
{
    FakeUpstream fake(json(vectors));
    TestGateway gateway({{"main", fake.url()}});
    const auto embed = [&](const std::string& more) {
        return post(
            gateway.port(),
            "/v1/embeddings",
            R"({"model":"main/fake-embed","input":"a")" + more + "}"
        );
    };
    const auto plain = embed("");
    EXPECT_EQ(plain.status, 200);
    EXPECT_EQ(at(plain.body, "/data/0/embedding"), "[1E0,-5E-1]");
    EXPECT_EQ(at(plain.body, "/object"), R"("list")");
    EXPECT_EQ(at(plain.body, "/usage/prompt_tokens"), "4");
    EXPECT_THAT(at(plain.body, "/id"), testing::StartsWith(R"("embd-)"));
    // Little-endian float32: 00 00 80 3f, 00 00 00 bf.
    EXPECT_EQ(
        at(embed(R"(,"encoding_format":"base64")").body, "/data/0/embedding"), R"("AACAPwAAAL8=")"
    );
}

TEST(OpenAiModels, lists_routes_and_the_models_of_every_provider)
{
    FakeUpstream fake(json(
        R"({"object":"list","data":[{"id":"m-1","object":"model","created":7,"owned_by":"them"},{"id":"gpt-5","object":"model"}]})"
    ));
    TestGateway gateway({{"main", fake.url()}});
    const auto list = get(gateway.port(), "/v1/models");
    EXPECT_EQ(list.status, 200);
    EXPECT_EQ(at(list.body, "/data/0/id"), R"("auto")");
    EXPECT_EQ(at(list.body, "/data/0/targets"), R"(["main/fake-model"])");
    EXPECT_EQ(at(list.body, "/data/1/id"), R"("main/m-1")");
    EXPECT_EQ(at(list.body, "/data/1/owned_by"), R"("them")");
    EXPECT_EQ(at(list.body, "/data/1/created"), "7");
    EXPECT_EQ(at(list.body, "/data/1/type"), R"("base")");
    EXPECT_EQ(at(list.body, "/data/1/capabilities/completion_chat"), "true");
}

TEST(OpenAiModels, one_is_found_by_a_name_with_a_slash_plain_or_encoded)
{
    FakeUpstream fake(json(R"({"object":"list","data":[{"id":"m-1","created":7}]})"));
    TestGateway gateway({{"main", fake.url()}});
    for (const auto* name : {"/v1/models/main/m-1", "/v1/models/main%2Fm-1"}) {
        const auto answer = get(gateway.port(), name);
        EXPECT_EQ(answer.status, 200) << name;
        EXPECT_EQ(at(answer.body, "/id"), R"("main/m-1")");
        EXPECT_EQ(at(answer.body, "/created"), "7");
    }
    const auto unknown = get(gateway.port(), "/v1/models/nothing");
    EXPECT_EQ(unknown.status, 404);
    EXPECT_EQ(at(unknown.body, "/error/code"), R"("model_not_found")");
    EXPECT_EQ(get(gateway.port(), "/v1/models/auto").status, 200);
}

}  // namespace
}  // namespace sluice::test
