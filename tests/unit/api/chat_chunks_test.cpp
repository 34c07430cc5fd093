#include "api/chat_chunks.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

namespace sluice {
namespace {

const Usage usage{.prompt = 17, .completion = 8, .total = 25};
const std::string usage_text =
    R"("usage":{"prompt_tokens":17,"completion_tokens":8,"total_tokens":25,)"
    R"("prompt_tokens_details":{"cached_tokens":0},"completion_tokens_details":{"reasoning_tokens":0}})";

std::string fixture(const std::string& name)
{
    std::ifstream file(std::string(SLUICE_SOURCE_DIR "/tests/fixtures/api/") + name);
    return {std::istreambuf_iterator<char>(file), {}};
}

ChatDelta delta(ChoiceDelta choice)
{
    ChatDelta out;
    out.choices.push_back(std::move(choice));
    return out;
}

ChoiceDelta role(int index = 0)
{
    ChoiceDelta out;
    out.index = index;
    out.role = true;
    return out;
}

ChoiceDelta text(std::string content, int index = 0)
{
    ChoiceDelta out;
    out.index = index;
    out.content = std::move(content);
    return out;
}

ChoiceDelta end(FinishReason reason, int index = 0)
{
    ChoiceDelta out;
    out.index = index;
    out.finish = reason;
    return out;
}

ChoiceDelta tool(ToolCallDelta call)
{
    ChoiceDelta out;
    out.tool_calls.push_back(std::move(call));
    return out;
}

/// What a client gets of these deltas, before and after the end.
class ChatChunks : public testing::Test {
protected:
    ChunkWriter writer{"chatcmpl-1", "m", 7, {}};

    std::string append(const ChatDelta& given)
    {
        std::string out;
        writer.append(out, given);
        return out;
    }
    std::string append(ChoiceDelta choice) { return append(delta(std::move(choice))); }
    std::string finish(const Usage& given = usage)
    {
        std::string out;
        writer.finish(out, given);
        return out;
    }
};

/// The event of a chunk of the writer above.
std::string chunk(const std::string& choices, const std::string& more = "")
{
    return R"(data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":7,"model":"m","choices":[)" +
           choices + "]" + more + "}\n\n";
}

std::string choice(const std::string& delta_text, int index = 0, const std::string& reason = "null")
{
    return R"({"index":)" + std::to_string(index) + R"(,"delta":)" + delta_text +
           R"(,"finish_reason":)" + reason + "}";
}

const std::string role_chunk = chunk(choice(R"({"role":"assistant","content":""})"));
const std::string done = "data: [DONE]\n\n";

ChatDelta named(ChoiceDelta choice_delta)
{
    auto out = delta(std::move(choice_delta));
    out.id = "chatcmpl-AAAA0042";
    out.model = "mistral-small-latest";
    out.created = 1795176000;
    return out;
}

TEST_F(ChatChunks, are_those_that_every_client_accepts)
{
    auto out = append(named(role())) + append(text("The capital of"));
    out += append(text(" France is Paris.")) + append(end(FinishReason::stop)) + finish();
    EXPECT_EQ(out, fixture("compat_chat_stream.sse"));
}

TEST_F(ChatChunks, with_tool_calls_are_those_that_every_client_accepts)
{
    auto out = append(named(role()));
    out += append(tool(
        {.index = 0,
         .id = "call_Ab12Cd34Ef56Gh78Ij90Kl12",
         .name = "get_weather",
         .arguments = R"({"city":"Paris"})"}
    ));
    out += append(tool(
        {.index = 1,
         .id = "call_Zz98Yy87Xx76Ww65Vv54Uu43",
         .name = "get_time",
         .arguments = R"({"tz":"Europe/Paris"})"}
    ));
    out += append(end(FinishReason::tool_calls)) + finish();
    EXPECT_EQ(out, fixture("compat_chat_tools_stream.sse"));
}

TEST_F(ChatChunks, begin_with_the_role_where_the_upstream_sent_none)
{
    EXPECT_EQ(append(text("a")), role_chunk + chunk(choice(R"({"content":"a"})")));
    EXPECT_EQ(append(text("b")), chunk(choice(R"({"content":"b"})")));
}

TEST_F(ChatChunks, say_the_role_once)
{
    EXPECT_EQ(append(role()), role_chunk);
    EXPECT_EQ(append(role()), "");
    auto both = text("a");
    both.role = true;
    EXPECT_EQ(append(both), chunk(choice(R"({"content":"a"})")));
}

TEST_F(ChatChunks, leave_out_empty_deltas)
{
    EXPECT_EQ(append(ChatDelta{}), "");
    EXPECT_EQ(append(ChoiceDelta{}), "");
    ChatDelta only_usage;
    only_usage.usage = usage;
    EXPECT_EQ(append(only_usage), "");
}

TEST_F(ChatChunks, hold_the_finish_reason_until_the_end)
{
    append(text("a"));
    EXPECT_EQ(append(end(FinishReason::length)), "");
    EXPECT_EQ(
        finish(), chunk(choice(R"({"content":""})", 0, "\"length\""), "," + usage_text) + done
    );
}

TEST_F(ChatChunks, have_usage_in_a_chunk_of_its_own_where_that_was_asked_for)
{
    writer = ChunkWriter("chatcmpl-1", "m", 7, {.include_usage = true});
    append(text("a"));
    append(end(FinishReason::stop));
    EXPECT_EQ(
        finish(),
        chunk(choice(R"({"content":""})", 0, "\"stop\"")) + chunk("", "," + usage_text) + done
    );
}

TEST_F(ChatChunks, of_an_answer_without_content_are_role_and_finish)
{
    EXPECT_EQ(append(end(FinishReason::content_filter)), role_chunk);
    EXPECT_EQ(
        finish(),
        chunk(choice(R"({"content":""})", 0, "\"content_filter\""), "," + usage_text) + done
    );
}

TEST_F(ChatChunks, of_several_choices_come_one_by_one_with_usage_on_the_last)
{
    ChatDelta both = delta(text("a"));
    both.choices.push_back(text("b", 1));
    EXPECT_EQ(
        append(both),
        role_chunk + chunk(choice(R"({"content":"a"})")) +
            chunk(choice(R"({"role":"assistant","content":""})", 1)) +
            chunk(choice(R"({"content":"b"})", 1))
    );
    append(end(FinishReason::length, 1));
    append(end(FinishReason::stop, 0));
    EXPECT_EQ(
        finish(),
        chunk(choice(R"({"content":""})", 0, "\"stop\"")) +
            chunk(choice(R"({"content":""})", 1, "\"length\""), "," + usage_text) + done
    );
}

TEST_F(ChatChunks, pass_tool_fragments_on_as_they_come)
{
    append(role());
    EXPECT_EQ(
        append(tool({.index = 0, .id = "call_1", .name = "f", .arguments = ""})),
        chunk(choice(
            R"({"tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"f","arguments":""}}]})"
        ))
    );
    EXPECT_EQ(
        append(tool({.index = 0, .id = "", .name = "", .arguments = "{\"a"})),
        chunk(choice(R"({"tool_calls":[{"index":0,"function":{"arguments":"{\"a"}}]})"))
    );
    EXPECT_EQ(
        append(tool({.index = 1, .id = "call_2", .name = "c", .arguments = "x", .custom = true})),
        chunk(choice(
            R"({"tool_calls":[{"index":1,"id":"call_2","type":"custom","custom":{"name":"c","input":"x"}}]})"
        ))
    );
    EXPECT_EQ(
        append(tool({.index = 1, .id = "", .name = "", .arguments = "y", .custom = true})),
        chunk(choice(R"({"tool_calls":[{"index":1,"custom":{"input":"y"}}]})"))
    );
}

TEST_F(ChatChunks, show_reasoning_refusals_and_logprobs)
{
    append(role());
    ChoiceDelta given = text("a");
    given.refusal = "no";
    given.reasoning = "hm";
    given.logprobs = R"({"content":[]})";
    EXPECT_EQ(
        append(given),
        chunk(
            R"({"index":0,"delta":{"content":"a","refusal":"no","reasoning_content":"hm"},"logprobs":{"content":[]},"finish_reason":null})"
        )
    );
    ChoiceDelta bare;
    bare.logprobs = "{}";
    EXPECT_EQ(
        append(bare),
        chunk(R"({"index":0,"delta":{"content":""},"logprobs":{},"finish_reason":null})")
    );
}

TEST_F(ChatChunks, keep_the_names_of_the_first_chunk)
{
    const auto first = append(named(role()));
    auto renamed = delta(text("a"));
    renamed.id = "other";
    renamed.model = "other";
    renamed.created = 1;
    const auto head = first.substr(0, first.find(R"("choices")"));
    EXPECT_NE(head.find("chatcmpl-AAAA0042"), std::string::npos);
    EXPECT_EQ(append(renamed).find(head), 0U);
}

TEST_F(ChatChunks, take_names_that_come_before_anything_is_shown)
{
    ChatDelta names;
    names.id = "up-1";
    EXPECT_EQ(append(names), "");
    EXPECT_EQ(
        append(role()).find(
            R"(data: {"id":"up-1","object":"chat.completion.chunk","created":7,"model":"m",)"
        ),
        0U
    );
}

TEST(StreamError, is_one_event_without_done)
{
    std::string out;
    append_stream_error(
        out, {.kind = ErrorKind::stream_interrupted, .message = "The provider closed the stream."}
    );
    EXPECT_EQ(
        out,
        R"(data: {"error":{"message":"The provider closed the stream.","type":"server_error","param":null,"code":"stream_interrupted"}})"
        "\n\n"
    );
}

}  // namespace
}  // namespace sluice
