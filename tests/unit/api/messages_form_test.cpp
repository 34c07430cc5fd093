#include "api/messages_form.hpp"

#include "core/json.hpp"
#include "core/sse.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace sluice {
namespace {

const AnswerFacts facts{.request_id = "req-1", .model = "asked-model"};
const Usage usage{
    .prompt = 20,
    .completion = 8,
    .total = 28,
    .cached = 5,
    .cache_write = 3,
    .reasoning = 2,
};

std::string fixture(const std::string& name)
{
    std::ifstream file(std::string(SLUICE_SOURCE_DIR "/tests/fixtures/api/messages/") + name);
    return {std::istreambuf_iterator<char>(file), {}};
}

ChatResponse answer_of(Choice choice)
{
    ChatResponse response;
    response.id = "chatcmpl-1";
    response.model = "gpt-6-luna";
    response.choices.push_back(std::move(choice));
    response.usage = usage;
    return response;
}

Choice refusing(std::string text)
{
    Choice choice;
    choice.refusal = std::move(text);
    choice.finish = FinishReason::stop;
    return choice;
}

ChatDelta delta(ChoiceDelta choice)
{
    ChatDelta out;
    out.model = "gpt-6-luna";
    out.choices.push_back(std::move(choice));
    return out;
}

ChatDelta role()
{
    ChoiceDelta out;
    out.role = true;
    return delta(out);
}

ChatDelta text(std::string content)
{
    ChoiceDelta out;
    out.content = std::move(content);
    return delta(out);
}

ChatDelta thought(std::string reasoning)
{
    ChoiceDelta out;
    out.reasoning = std::move(reasoning);
    return delta(out);
}

ChatDelta call(int index, std::string id, std::string name, std::string arguments)
{
    ChoiceDelta out;
    out.tool_calls.push_back({
        .index = index,
        .id = std::move(id),
        .name = std::move(name),
        .arguments = std::move(arguments),
    });
    return delta(out);
}

ChatDelta end(FinishReason reason)
{
    ChoiceDelta out;
    out.finish = reason;
    return delta(out);
}

std::string streamed(const std::vector<ChatDelta>& deltas)
{
    MessagesForm form;
    std::string out;
    form.begin(out, facts);
    for (const auto& one : deltas) form.append(out, one);
    form.finish(out, usage);
    return out;
}

/// What a client is told of the blocks, one word an event: "0+text", "0:Hel", "0-".
std::string blocks_of(const std::string& stream)
{
    std::string story;
    SseParser parser;
    parser.feed(stream);
    while (true) {
        const auto event = parser.next();
        if (!event || !*event) return story;
        const auto data = json::parse_tree((*event)->data).value().as_object();
        EXPECT_EQ(data.at("type").as_string(), std::string((*event)->type));
        if (!data.contains("index")) continue;
        if (!story.empty()) story += ' ';
        story += std::to_string(data.at("index").as_int64());
        if (const auto* block = data.if_contains("content_block")) {
            story += concat("+", block->at("type").as_string());
            if (const auto* id = block->as_object().if_contains("id"))
                story += concat("(", id->as_string(), ")");
        } else if (const auto* piece = data.if_contains("delta")) {
            for (const auto* key : {"text", "thinking", "partial_json"})
                if (const auto* said = piece->as_object().if_contains(key))
                    story += concat(":", said->as_string());
        } else {
            story += '-';
        }
    }
}

TEST(Message, has_anthropics_members)
{
    Choice choice;
    choice.content = "Hi \"you\"";
    choice.finish = FinishReason::stop;
    EXPECT_EQ(
        MessagesForm().whole(answer_of(choice), facts),
        R"({"id":"msg_req-1","type":"message","role":"assistant","model":"gpt-6-luna",)"
        R"("content":[{"type":"text","text":"Hi \"you\""}],"stop_reason":"end_turn","stop_sequence":null,"stop_details":null,)"
        R"("usage":{"input_tokens":12,"cache_creation_input_tokens":3,"cache_read_input_tokens":5,"output_tokens":8,)"
        R"("output_tokens_details":{"thinking_tokens":2}}})"
    );
}

TEST(Message, shows_thoughts_before_text_before_calls)
{
    Choice choice;
    choice.reasoning = "hm";
    choice.content = "Let me";
    choice.tool_calls = {
        {.id = "call_1", .name = "f", .arguments = R"({"a": 1})"},
        {.id = "call_2", .name = "g", .arguments = R"({"a)"},
        {.id = "call_3", .name = "h", .arguments = ""}
    };
    choice.finish = FinishReason::tool_calls;
    const auto body = MessagesForm().whole(answer_of(choice), facts);
    EXPECT_TRUE(body.contains(
        R"("content":[{"type":"thinking","thinking":"hm","signature":""},{"type":"text","text":"Let me"},)"
        R"({"type":"tool_use","id":"call_1","name":"f","input":{"a": 1}},)"
        R"({"type":"tool_use","id":"call_2","name":"g","input":{}},)"
        R"({"type":"tool_use","id":"call_3","name":"h","input":{}}],"stop_reason":"tool_use")"
    )) << body;
}

TEST(Message, names_the_reason_why_it_stopped)
{
    const auto reason = [](const Choice& choice) {
        const auto body = json::Document::parse(MessagesForm().whole(answer_of(choice), facts));
        return body->find("stop_reason").and_then(json::as_string).value_or("");
    };
    Choice choice;
    for (const auto& [finish, word] :
         {std::pair{FinishReason::stop, "end_turn"},
          {FinishReason::length, "max_tokens"},
          {FinishReason::content_filter, "refusal"}}) {
        choice.finish = finish;
        EXPECT_EQ(reason(choice), word);
    }
    choice.finish = FinishReason::stop;
    choice.tool_calls = {{.id = "a", .name = "f", .arguments = "{}"}};
    EXPECT_EQ(reason(choice), "tool_use");
    EXPECT_EQ(reason(refusing("no")), "refusal");
}

TEST(Message, shows_a_refusal_as_text)
{
    const auto body = MessagesForm().whole(answer_of(refusing("I can't")), facts);
    EXPECT_TRUE(body.contains(R"("content":[{"type":"text","text":"I can't"}])")) << body;
}

TEST(Message, of_anthropics_own_is_passed_on_byte_for_byte)
{
    auto response = answer_of(refusing("no"));
    const auto native = fixture("anthropic_message.json");
    EXPECT_FALSE(native.empty());
    response.native = native;
    EXPECT_EQ(MessagesForm().whole(std::move(response), facts), native);
}

TEST(MessageStream, is_anthropics)
{
    EXPECT_EQ(
        streamed(
            {role(),
             thought("hm"),
             text("Let "),
             text("me"),
             call(0, "call_1", "f", ""),
             call(0, "", "", R"({"a":)"),
             call(0, "", "", "1}"),
             end(FinishReason::tool_calls)}
        ),
        fixture("stream.sse")
    );
}

TEST(MessageStream, opens_one_block_after_another)
{
    EXPECT_EQ(
        blocks_of(streamed({text("a"), thought("b"), text("c"), text("d")})),
        "0+text 0:a 0- 1+thinking 1:b 1- 2+text 2:c 2:d 2-"
    );
    EXPECT_EQ(
        blocks_of(streamed(
            {call(0, "x", "f", R"({"a":)"),
             call(0, "", "", "1}"),
             call(1, "y", "g", "{}"),
             text("a"),
             call(2, "z", "h", "")}
        )),
        R"(0+tool_use(x) 0:{"a": 0:1} 0- 1+tool_use(y) 1:{} 1- 2+text 2:a 2- 3+tool_use(z) 3-)"
    );
}

TEST(MessageStream, holds_a_call_until_the_one_before_is_whole)
{
    EXPECT_EQ(
        blocks_of(streamed(
            {call(0, "x", "f", R"({"a":)"),
             call(1, "y", "g", R"({"b":)"),
             call(0, "", "", "1}"),
             call(1, "", "", "2}"),
             call(2, "z", "h", "{}")}
        )),
        R"(0+tool_use(x) 0:{"a": 0:1} 0- 1+tool_use(y) 1:{"b": 1:2} 1- 2+tool_use(z) 2:{} 2-)"
    );
}

TEST(MessageStream, holds_text_until_the_call_before_is_whole)
{
    const auto stream = streamed(
        {call(0, "call_1", "f", R"({"a")"),
         text("mean"),
         call(0, "", "", ":1}"),
         text("while"),
         end(FinishReason::tool_calls)}
    );
    EXPECT_EQ(blocks_of(stream), R"(0+tool_use(call_1) 0:{"a" 0::1} 0- 1+text 1:mean 1:while 1-)");
}

TEST(MessageStream, loses_no_text_to_a_call_that_is_never_whole)
{
    const auto stream =
        streamed({call(0, "call_1", "f", R"({"a")"), text("cut"), end(FinishReason::length)});
    EXPECT_EQ(blocks_of(stream), R"x(0+tool_use(call_1) 0:{"a" 0- 1+text 1:cut 1-)x");
}

TEST(MessageStream, of_no_words_has_a_beginning_and_an_end)
{
    const auto stream = streamed({end(FinishReason::length)});
    EXPECT_EQ(blocks_of(stream), "");
    EXPECT_TRUE(stream.starts_with("event: message_start\n"));
    EXPECT_TRUE(stream.contains(R"("stop_reason":"max_tokens")"));
    EXPECT_TRUE(stream.ends_with("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n"));
}

TEST(MessageStream, shows_the_first_of_several_choices)
{
    auto second = text("other");
    second.choices.front().index = 1;
    EXPECT_EQ(blocks_of(streamed({text("a"), second})), "0+text 0:a 0-");
}

TEST(MessageStream, shows_a_refusal_as_text)
{
    ChoiceDelta refusal;
    refusal.refusal = "I can't";
    const auto stream = streamed({delta(refusal), end(FinishReason::stop)});
    EXPECT_EQ(blocks_of(stream), "0+text 0:I can't 0-");
    EXPECT_TRUE(stream.contains(R"("stop_reason":"refusal")"));
}

TEST(MessageStream, that_fails_ends_in_an_error_event)
{
    MessagesForm form;
    std::string out;
    form.begin(out, facts);
    form.append(out, text("half"));
    out.clear();
    form.fail(out, {.kind = ErrorKind::overloaded, .message = "no"});
    EXPECT_EQ(
        out,
        "event: error\n"
        R"(data: {"type":"error","error":{"type":"overloaded_error","message":"no"},"request_id":"req-1"})"
        "\n\n"
    );
}

class NativeStream : public testing::TestWithParam<const char*> {
protected:
    /// The events as a provider of the same dialect sends them.
    static std::vector<ChatDelta> deltas(const std::string& stream, bool named = true)
    {
        std::vector<ChatDelta> out;
        SseParser parser;
        parser.feed(stream);
        while (true) {
            const auto event = parser.next();
            if (!event || !*event) return out;
            out.emplace_back().native = NativeEvent{
                .type = named ? std::string((*event)->type) : "message",
                .data = std::string((*event)->data),
            };
        }
    }
};

TEST_P(NativeStream, is_passed_on_byte_for_byte)
{
    const auto stream = fixture(GetParam());
    EXPECT_EQ(streamed(deltas(stream)), stream);
}

TEST_P(NativeStream, gets_the_names_that_it_lacks)
{
    const auto stream = fixture(GetParam());
    EXPECT_EQ(streamed(deltas(stream, false)), stream);
}

TEST_P(NativeStream, that_fails_at_its_end_never_looks_complete)
{
    MessagesForm form;
    std::string out;
    form.begin(out, facts);
    for (const auto& one : deltas(fixture(GetParam()))) form.append(out, one);
    form.fail(out, {.kind = ErrorKind::stream_interrupted, .message = "cut"});
    EXPECT_FALSE(out.contains("message_stop"));
    EXPECT_TRUE(out.contains("event: error\n"));
}

INSTANTIATE_TEST_SUITE_P(
    wire,
    NativeStream,
    testing::Values("anthropic_stream.sse", "anthropic_tools_stream.sse"),
    [](const auto& info) { return std::string(info.param).contains("tools") ? "tools" : "text"; }
);

}  // namespace
}  // namespace sluice
