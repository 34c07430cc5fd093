#include "api/native_completion.hpp"

#include "api/chat_completions.hpp"
#include "core/json.hpp"
#include "providers/registry.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>

namespace sluice {
namespace {

/// Reads the answers of OpenAI and of all that speak its dialect.
const AnswerReader& reader()
{
    const Endpoint endpoint;
    const auto* provider = find_provider("openai_compatible");
    return *provider->translator->encode({}, {&endpoint, "m", {}, {}}, {}).value().reader;
}

ChatDelta read_chunk(std::string_view data)
{
    ChatDelta delta;
    const SseEvent event{.type = "message", .data = data, .id = {}};
    EXPECT_TRUE(reader().stream_decoder()->on_event(event, delta));
    delta.native = NativeEvent{.type = "message", .data = std::string(data)};
    return delta;
}

std::optional<std::string> native_chunk(std::string_view data, bool opening)
{
    const auto delta = read_chunk(data);
    if (!serves_as_it_came(delta, opening)) return std::nullopt;
    std::string out;
    append_native_chunk(out, delta);
    return out;
}

std::string chunk(const std::string& choices, const std::string& more = "")
{
    return R"({"id":"c","object":"chat.completion.chunk","created":7,"model":"m","choices":)" +
           choices + more + "}";
}
const std::string text_choice = R"([{"index":0,"delta":{"content":"a"},"finish_reason":null}])";

TEST(NativeChunk, keeps_every_byte_of_what_it_does_not_know)
{
    const auto data = R"({"model":"m", "id":"c","object":"chat.completion.chunk","created":7,)"
                      R"("x":1e400,"x":[ 9007199254740993 ],"choices":[{"index":0,"delta":)"
                      R"({"content":"a","audio":{"data":"é"}},"finish_reason":null,"y":{}}]})";
    EXPECT_EQ(native_chunk(data, false), data);
}

TEST(NativeChunk, loses_usage_and_padding)
{
    EXPECT_EQ(
        native_chunk(R"({ "usage":null, "x_groq":{},)" + chunk(text_choice).substr(1), false),
        "{" + chunk(text_choice).substr(1)
    );
    EXPECT_EQ(
        native_chunk(chunk(text_choice, R"(,"usage":null,"obfuscation":"x9")"), false),
        chunk(text_choice)
    );
}

struct Unsound {
    std::string name;
    std::string choices;
    bool opening = false;
    friend void PrintTo(const Unsound& given, std::ostream* out) { *out << given.name; }
};
class UnsoundChunk : public testing::TestWithParam<Unsound> {};
TEST_P(UnsoundChunk, is_left_to_be_written_anew)
{
    EXPECT_EQ(native_chunk(chunk(GetParam().choices), GetParam().opening), std::nullopt);
}
INSTANTIATE_TEST_SUITE_P(
    forms,
    UnsoundChunk,
    testing::Values(
        Unsound{"no_choices", "null"},
        Unsound{"an_empty_list", "[]"},
        Unsound{"no_role_on_the_first", text_choice, true},
        Unsound{"no_finish_reason", R"([{"index":0,"delta":{"content":"a"}}])"},
        Unsound{"no_index", R"([{"delta":{"content":"a"},"finish_reason":null}])"},
        Unsound{"no_delta", R"([{"index":0,"delta":null,"finish_reason":null}])"},
        Unsound{"content_as_parts", R"([{"index":0,"delta":{"content":[]},"finish_reason":null}])"},
        Unsound{
            "an_odd_finish_reason", R"([{"index":0,"delta":{},"finish_reason":"model_length"}])"
        },
        Unsound{"an_empty_finish_reason", R"([{"index":0,"delta":{},"finish_reason":""}])"},
        Unsound{
            "usage_in_the_choice",
            R"([{"index":0,"delta":{"content":"a"},"finish_reason":null,"usage":{}}])"
        },
        Unsound{
            "a_call_without_index",
            R"([{"index":0,"delta":{"tool_calls":[{"function":{"arguments":""}}]},"finish_reason":null}])"
        },
        Unsound{
            "parsed_arguments",
            R"([{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":{}}}]},"finish_reason":null}])"
        },
        Unsound{
            "two_choices",
            R"([{"index":0,"delta":{},"finish_reason":null},{"index":1,"delta":{},"finish_reason":null}])"
        }
    ),
    [](const auto& info) { return info.param.name; }
);

TEST(NativeChunk, without_a_head_that_clients_accept_is_left_to_be_written_anew)
{
    for (const std::string head :
         {R"("object":"chat.completion.chunk","created":7,"model":"m")",
          R"("id":"","object":"chat.completion.chunk","created":7,"model":"m")",
          R"("id":"c","object":"","created":7,"model":"m")",
          R"("id":"c","object":"chat.completion.chunk","created":7.5,"model":"m")",
          R"("id":"c","object":"chat.completion.chunk","created":7)"})
        EXPECT_EQ(
            native_chunk("{" + head + R"(,"choices":)" + text_choice + "}", false), std::nullopt
        ) << head;
}

TEST(NativeChunk, in_several_lines_is_left_to_be_written_anew)
{
    EXPECT_EQ(native_chunk(chunk(text_choice, ",\n\"x\":1"), false), std::nullopt);
}

/// A stream of the writer, from these chunks of a provider and what they mean.
class NativeStream : public testing::Test {
protected:
    ChunkWriter writer{"fallback", "fallback", 1, {}};
    const Usage usage{.prompt = 1, .completion = 2, .total = 3};
    std::string out;

    void pass(const std::string& data, ChoiceDelta meaning)
    {
        auto delta = read_chunk(data);
        delta.choices = {std::move(meaning)};
        writer.append(out, delta);
    }
    static ChoiceDelta text(std::string content, bool role = false)
    {
        ChoiceDelta choice;
        choice.content = std::move(content);
        choice.role = role;
        return choice;
    }
};

TEST_F(NativeStream, is_the_providers_own_with_usage_on_the_finish_chunk)
{
    const auto role = chunk(
        R"([{"index":0,"delta":{"role":"assistant","content":"","x":1},"finish_reason":null}])",
        R"(,"service_tier":"default")"
    );
    const auto finish =
        chunk(R"([{"index":0,"delta":{},"finish_reason":"stop"}])", R"(,"service_tier":"default")");
    pass(role, text("", true));
    pass(chunk(text_choice), text("a"));
    ChoiceDelta end;
    end.finish = FinishReason::stop;
    pass(finish, end);
    EXPECT_EQ(out, "data: " + role + "\n\ndata: " + chunk(text_choice) + "\n\n");
    out.clear();
    writer.finish(out, usage);
    const auto shown = finish.substr(0, finish.size() - 1) +
                       R"(,"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3,)"
                       R"("prompt_tokens_details":{"cached_tokens":0},)"
                       R"("completion_tokens_details":{"reasoning_tokens":0}}})";
    EXPECT_EQ(out, "data: " + shown + "\n\ndata: [DONE]\n\n");
}

TEST_F(NativeStream, gets_the_role_that_a_careless_server_leaves_out)
{
    pass(chunk(text_choice), text("a", true));
    EXPECT_TRUE(out.contains(R"("delta":{"role":"assistant","content":""})")) << out;
    EXPECT_TRUE(out.contains(R"("delta":{"content":"a"})")) << out;
}

const std::string whole =
    R"({"id":"c","object":"chat.completion","created":7,"model":"m","choices":[{"index":0,)"
    R"("message":{"role":"assistant","content":"a","refusal":null,"x":1.50},"logprobs":null,)"
    R"("finish_reason":"stop"}],"usage":{"prompt_tokens":1},"y":[1,2]})";

ChatResponse answer(std::string native)
{
    auto response = reader().decode_native(native).value();
    response.id = "other";
    response.model = "other";
    response.created = 9;
    response.usage = Usage{.prompt = 1, .completion = 2, .total = 3};
    response.native = std::move(native);
    return response;
}

TEST(NativeCompletion, passes_byte_for_byte)
{
    EXPECT_EQ(ChatCompletionsForm(ChunkOptions{}).whole(answer(whole), {}), whole);
}

TEST(NativeCompletion, is_read_for_its_account_alone)
{
    const auto response = reader().decode_native(whole).value();
    EXPECT_TRUE(response.form.serves());
    EXPECT_EQ(response.id, "c");
    EXPECT_EQ(response.model, "m");
    EXPECT_EQ(response.usage->prompt, 1);
    EXPECT_EQ(response.choices.size(), 1);
    EXPECT_EQ(response.choices.front().finish, FinishReason::stop);
    EXPECT_EQ(response.choices.front().content, std::nullopt);
}

TEST(NativeCompletion, has_its_members_however_they_are_written)
{
    auto spelled = whole;
    const std::string_view object = R"("object":"chat.completion")";
    spelled.replace(spelled.find(object), object.size(), R"("\u006fbject":"\u0063hat.completion")");
    EXPECT_TRUE(reader().decode_native(spelled).value().form.serves());
}

TEST(NativeCompletion, is_read_with_its_texts_where_its_usage_has_to_be_estimated)
{
    auto uncounted = whole;
    const std::string_view usage = R"({"prompt_tokens":1})";
    uncounted.replace(uncounted.find(usage), usage.size(), "{}");
    const auto response = reader().decode_native(uncounted).value();
    EXPECT_TRUE(response.form.usage);
    EXPECT_EQ(response.choices.front().content, "a");
}

TEST(NativeCompletion, gets_what_clients_demand_and_keeps_the_rest)
{
    const auto shown = native_completion(
        answer(R"({"model":"m","choices":[{"message":{"content":"a"}}],"y":1.50})"),
        {.request_id = "r"}
    );
    const auto tree = json::parse_tree(shown).value();
    EXPECT_EQ(tree.at("id").as_string(), "other");
    EXPECT_EQ(tree.at("object").as_string(), "chat.completion");
    EXPECT_EQ(tree.at("created").as_int64(), 9);
    EXPECT_EQ(tree.at("model").as_string(), "m");
    EXPECT_EQ(tree.at_pointer("/choices/0/message/content").as_string(), "a");
    EXPECT_EQ(tree.at_pointer("/usage/total_tokens").as_int64(), 3);
    EXPECT_TRUE(shown.contains(R"("y":1.50)"));
}

TEST(WholeToolCalls, come_in_one_piece_each)
{
    ChunkWriter writer("c", "m", 7, {.whole_tool_calls = true});
    std::string out;
    const auto pass = [&](ToolCallDelta call) {
        ChatDelta delta;
        delta.choices.emplace_back().tool_calls.push_back(std::move(call));
        writer.append(out, delta);
    };
    pass({.index = 0, .id = "call_1", .name = "f", .arguments = ""});
    pass({.index = 0, .id = "", .name = "", .arguments = R"({"a")"});
    pass({.index = 1, .id = "call_2", .name = "g", .arguments = "{}"});
    pass({.index = 0, .id = "", .name = "", .arguments = ":1}"});
    EXPECT_FALSE(out.contains("tool_calls"));
    ChatDelta end;
    end.choices.emplace_back().finish = FinishReason::tool_calls;
    writer.append(out, end);
    EXPECT_TRUE(out.contains(R"("name":"f","arguments":"{\"a\":1}")")) << out;
    EXPECT_TRUE(out.contains(R"("index":1,"id":"call_2")")) << out;
}

}  // namespace
}  // namespace sluice
