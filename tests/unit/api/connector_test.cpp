#include "api/connector.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace sluice {
namespace {

const AnswerFacts answer{.request_id = "req-1", .provider = "openai", .cost_usd = 0.00031};

ChatResponse hello()
{
    ChatResponse response;
    response.id = "chatcmpl-1";
    response.model = "gpt-6-luna";
    auto& choice = response.choices.emplace_back();
    choice.content = "Hi \"you\"";
    choice.finish = FinishReason::stop;
    response.usage = Usage{.prompt = 25, .completion = 150, .total = 175};
    return response;
}

bool has(const std::string& body, std::string_view part)
{
    return body.find(part) != std::string::npos;
}

TEST(ConnectorChat, has_the_contracts_members)
{
    EXPECT_EQ(
        ConnectorForm(ChunkOptions{}).whole(hello(), answer),
        R"({"success":true,"message":{"role":"assistant","content":"Hi \"you\"","model":"gpt-6-luna"},)"
        R"("usage":{"prompt_tokens":25,"completion_tokens":150,"total_tokens":175,)"
        R"("prompt_tokens_details":{"cached_tokens":0},"completion_tokens_details":{"reasoning_tokens":0}},)"
        R"("provider":"openai","finish_reason":"stop","id":"chatcmpl-1","request_id":"req-1","cost_usd":0.00031})"
    );
}

TEST(ConnectorChat, tells_warnings_and_an_unknown_price)
{
    const std::vector<std::string> warnings{"seed: dropped", "top_p: clamped"};
    const auto body =
        ConnectorForm(ChunkOptions{})
            .whole(hello(), {.request_id = "req-1", .provider = "openai", .warnings = warnings});
    EXPECT_TRUE(has(body, R"("cost_usd":null,"warnings":["seed: dropped","top_p: clamped"]})"));
}

TEST(ConnectorChat, shows_all_that_the_model_gave)
{
    auto response = hello();
    auto& choice = response.choices.front();
    choice.content.reset();
    choice.refusal = "no";
    choice.reasoning = "hm";
    choice.tool_calls = {
        {.id = "call_1", .name = "f", .arguments = R"({"a":1})"},
        {.id = "call_2", .name = "c", .arguments = "free", .custom = true}
    };
    choice.annotations = "[1]";
    choice.audio = R"({"id":"a"})";
    choice.logprobs = R"({"content":[]})";
    choice.finish = FinishReason::tool_calls;
    response.usage = Usage{
        .prompt = 5,
        .completion = 4,
        .total = 9,
        .cached = 3,
        .cache_write = 2,
        .reasoning = 1,
        .audio_in = 6,
        .audio_out = 7
    };
    EXPECT_EQ(
        ConnectorForm(ChunkOptions{}).whole(std::move(response), answer),
        R"({"success":true,"message":{"role":"assistant","content":null,"model":"gpt-6-luna",)"
        R"("tool_calls":[{"id":"call_1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}},)"
        R"({"id":"call_2","type":"custom","custom":{"name":"c","input":"free"}}],)"
        R"("refusal":"no","reasoning_content":"hm","annotations":[1],"audio":{"id":"a"}},)"
        R"("usage":{"prompt_tokens":5,"completion_tokens":4,"total_tokens":9,)"
        R"("prompt_tokens_details":{"cached_tokens":3,"cache_write_tokens":2,"audio_tokens":6},)"
        R"("completion_tokens_details":{"reasoning_tokens":1,"audio_tokens":7}},)"
        R"("provider":"openai","finish_reason":"tool_calls","id":"chatcmpl-1","logprobs":{"content":[]},)"
        R"("request_id":"req-1","cost_usd":0.00031})"
    );
}

TEST(ConnectorChat, lists_choices_only_where_there_are_several)
{
    auto response = hello();
    EXPECT_FALSE(has(ConnectorForm(ChunkOptions{}).whole(hello(), answer), "choices"));
    auto& second = response.choices.emplace_back();
    second.index = 1;
    second.content = "Ho";
    second.finish = FinishReason::length;
    EXPECT_TRUE(has(
        ConnectorForm(ChunkOptions{}).whole(std::move(response), answer),
        R"("choices":[{"index":0,"message":{"role":"assistant","content":"Hi \"you\"","model":"gpt-6-luna"},"finish_reason":"stop"},)"
        R"({"index":1,"message":{"role":"assistant","content":"Ho","model":"gpt-6-luna"},"finish_reason":"length"}])"
    ));
}

TEST(ConnectorEmbeddings, has_the_contracts_members)
{
    EmbeddingsResponse response;
    response.model = "mistral-embed";
    response.embeddings = {"[0.0125,-0.5]", "[1.0]"};
    response.usage = Usage{.prompt = 42, .total = 42};
    EXPECT_EQ(
        connector_embeddings_body(response, answer),
        R"({"success":true,"embeddings":[[0.0125,-0.5],[1.0]],"model":"mistral-embed",)"
        R"("usage":{"prompt_tokens":42,"total_tokens":42},)"
        R"("provider":"openai","request_id":"req-1","cost_usd":0.00031})"
    );
}

TEST(ConnectorModels, leave_out_what_is_not_known)
{
    const std::vector<ModelEntry> models{
        {.id = "a",
         .description = "the first",
         .context_window = 400000,
         .max_output_tokens = 128000,
         .input_price = 0.25,
         .output_price = 2,
         .shutdown_date = "2027-01-15"},
        {.id = "b"}
    };
    EXPECT_EQ(
        connector_models_body(models),
        R"({"success":true,"models":[{"id":"a","description":"the first","context_window":400000,)"
        R"("max_output_tokens":128000,"input_price":0.25,"output_price":2,"shutdown_date":"2027-01-15"},)"
        R"({"id":"b","description":""}]})"
    );
    EXPECT_EQ(connector_models_body({}), R"({"success":true,"models":[]})");
}

}  // namespace
}  // namespace sluice
