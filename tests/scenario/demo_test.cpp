#include "config/load.hpp"
#include "support/calls.hpp"
#include "support/test_gateway.hpp"

#include <gmock/gmock.h>

namespace sluice::test {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

Config demo_config()
{
    ConfigSources sources;
    sources.demo = true;
    sources.env_file.clear();
    sources.listen = {"127.0.0.1:0"};
    sources.workers = 1;
    auto loaded = load_config(sources);
    EXPECT_TRUE(loaded);
    return std::move(loaded->config);
}

std::string saying(const std::string& text, const std::string& model, const std::string& more = "")
{
    return concat(
        R"({"messages":[{"role":"user","content":")",
        text,
        R"("}],"model":")",
        model,
        "\"",
        more,
        "}"
    );
}

class Demo : public ::testing::Test {
protected:
    TestGateway gateway{demo_config()};

    /// A call that must be over soon, whatever the model does.
    RawResponse ask(
        const std::string& model,
        const std::string& text = "one two three four",
        const std::string& more = ""
    )
    {
        return post(
            gateway.port(),
            "/api/v1/mock/chat",
            saying(text, model, more),
            "x-request-deadline-ms: 500\r\n"
        );
    }
    RawResponse stream(const std::string& model)
    {
        return ask(model, "one two three four", R"(,"stream":true)");
    }
};

std::string code_of(const RawResponse& response)
{
    return at(response.body, "/error/code");
}

TEST_F(Demo, the_auto_route_falls_back_to_a_provider_that_works)
{
    const auto answer = post(
        gateway.port(),
        "/api/v1/auto/chat",
        R"({"messages":[{"role":"user","content":"hello you"}]})"
    );
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(at(answer.body, "/message/content"), R"("hello you")");
    EXPECT_EQ(at(answer.body, "/provider"), R"("mock")");
    EXPECT_THAT(
        std::string(answer.header("x-sluice-attempts")),
        ::testing::AllOf(
            HasSubstr("mock_failing/fail-503;outcome=upstream_overloaded;status=503"),
            HasSubstr("mock/echo;outcome=ok")
        )
    );
}

TEST_F(Demo, echo_says_the_last_user_message_again)
{
    const auto whole = ask("echo");
    EXPECT_EQ(at(whole.body, "/message/content"), R"("one two three four")");
    EXPECT_EQ(at(whole.body, "/usage/completion_tokens"), "4");
    const auto streamed = stream("echo");
    EXPECT_THAT(streamed.body, HasSubstr(R"("content":"three ")"));
    EXPECT_TRUE(streamed.body.ends_with("data: [DONE]\n\n"));
}

TEST_F(Demo, slow_and_paced_models_take_their_time)
{
    auto began = Clock::now();
    EXPECT_EQ(ask("slow").status, 200);
    EXPECT_GE(Clock::now() - began, 200ms);
    began = Clock::now();
    const auto paced = stream("pace-30");
    EXPECT_GE(Clock::now() - began, 90ms);
    EXPECT_GE(paced.pieces.size(), 4U) << "a word at a time";
    EXPECT_TRUE(paced.body.ends_with("data: [DONE]\n\n"));
}

TEST_F(Demo, tools_calls_the_first_tool)
{
    const auto tool = R"(,"tools":[{"type":"function","function":{"name":"weather"}}])";
    const auto whole = ask("tools", "hi", tool);
    EXPECT_EQ(at(whole.body, "/message/tool_calls/0/function/name"), R"("weather")");
    EXPECT_EQ(at(whole.body, "/finish_reason"), R"("tool_calls")");
    const auto streamed = ask("tools", "hi", concat(tool, R"(,"stream":true)"));
    EXPECT_THAT(streamed.body, HasSubstr(R"("name":"weather")"));
    EXPECT_TRUE(streamed.body.ends_with("data: [DONE]\n\n"));
}

TEST_F(Demo, embed_gives_the_same_vector_for_the_same_text)
{
    const auto answer =
        post(gateway.port(), "/api/v1/mock/embeddings", R"({"input":["a","b","a"]})");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(at(answer.body, "/embeddings/0"), at(answer.body, "/embeddings/2"));
    EXPECT_NE(at(answer.body, "/embeddings/0"), at(answer.body, "/embeddings/1"));
}

TEST_F(Demo, fail_answers_its_status)
{
    const auto answer = ask("fail-500");
    EXPECT_EQ(answer.status, 502);
    EXPECT_EQ(at(answer.body, "/error/status"), "500");
}

TEST_F(Demo, fail_429_asks_for_a_second_of_patience)
{
    const auto answer = ask("fail-429");
    EXPECT_EQ(answer.status, 429);
    EXPECT_EQ(code_of(answer), R"("rate_limited")");
    EXPECT_EQ(answer.header("retry-after"), "1");
}

TEST_F(Demo, flaky_works_at_the_second_try)
{
    const auto answer = ask("flaky");
    EXPECT_EQ(answer.status, 200);
    EXPECT_THAT(
        std::string(answer.header("x-sluice-attempts")),
        HasSubstr("outcome=upstream_overloaded;status=503")
    );
}

TEST_F(Demo, hang_runs_into_the_deadline)
{
    const auto answer = ask("hang");
    EXPECT_EQ(answer.status, 504);
    EXPECT_EQ(code_of(answer), R"("deadline_exceeded")");
}

TEST_F(Demo, reset_is_a_provider_that_cannot_be_reached)
{
    const auto answer = ask("reset");
    EXPECT_EQ(answer.status, 502);
    EXPECT_EQ(code_of(answer), R"("upstream_unreachable")");
}

TEST_F(Demo, streams_that_do_not_end_well_end_in_an_error)
{
    for (const auto* model : {"stall", "die", "truncate"}) {
        const auto answer = stream(model);
        EXPECT_EQ(answer.status, 200) << model;
        EXPECT_THAT(answer.body, HasSubstr(R"("content":"two ")")) << model;
        EXPECT_THAT(answer.body, Not(HasSubstr("three"))) << model;
        EXPECT_THAT(answer.body, HasSubstr(R"("error")")) << model;
        EXPECT_THAT(answer.body, Not(HasSubstr("[DONE]"))) << model;
    }
}

TEST_F(Demo, lists_its_models)
{
    const auto list = get(gateway.port(), "/api/v1/mock/models");
    EXPECT_EQ(list.status, 200);
    EXPECT_EQ(at(list.body, "/models/0/id"), R"("echo")");
}

}  // namespace
}  // namespace sluice::test
