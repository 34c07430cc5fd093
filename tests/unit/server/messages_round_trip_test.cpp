#include "api/messages_request.hpp"
#include "support/provider_cases.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <ostream>

/// What the two translations between Anthropic's words and chat completions, which know nothing of
/// each other, make of a request together: the same request.
namespace sluice::test {
namespace {

struct Conversation {
    const char* name;
    const char* members;  // of the request, besides model and max_tokens
};
void PrintTo(const Conversation& conversation, std::ostream* out)
{
    *out << conversation.name;
}

class MessagesRoundTrip : public testing::TestWithParam<Conversation> {};

TEST_P(MessagesRoundTrip, says_what_it_said)
{
    const auto body =
        concat(R"({"model":"claude-haiku-4-5","max_tokens":99,)", GetParam().members, "}");
    auto chat = parse_messages_request(body);
    ASSERT_TRUE(chat) << chat.error().message;
    EXPECT_EQ(chat->native_only, "");
    chat->dialect = std::nullopt;  // as if it had come as a chat completion
    chat->native = {};
    const Target target("anthropic", chat->model, find_provider("anthropic")->dialect);
    const auto call = find_provider("anthropic")->translator->encode(*chat, target.deployment, {});
    ASSERT_TRUE(call) << call.error().message;
    EXPECT_EQ(value_of(call->request.body), value_of(body));
    EXPECT_TRUE(call->warnings.empty());
}

constexpr Conversation conversations[]{
    {"text",
     R"("system":[{"type":"text","text":"Be brief"},{"type":"text","text":"and kind"}],
        "messages":[{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]},
        {"role":"assistant","content":[{"type":"text","text":"c"}]},
        {"role":"user","content":[{"type":"text","text":"d"}]}])"},
    {"images_and_documents",
     R"("messages":[{"role":"user","content":[
        {"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVBO"}},
        {"type":"image","source":{"type":"url","url":"https://a/b.png"}},
        {"type":"document","title":"t.pdf","source":{"type":"base64","media_type":"application/pdf","data":"JVBE"}},
        {"type":"document","title":"u.pdf","source":{"type":"url","url":"https://a/u.pdf"}},
        {"type":"text","text":"?"}]}])"},
    {"tools",
     R"("tools":[{"name":"f","description":"d","input_schema":{"type":"object","properties":{"a":{"type":"integer"}}},"strict":true},
        {"name":"g","input_schema":{"type":"object","properties":{}}}],
        "tool_choice":{"type":"auto","disable_parallel_tool_use":true},
        "messages":[{"role":"user","content":[{"type":"text","text":"hi"}]},
        {"role":"assistant","content":[{"type":"text","text":"Let me"},
        {"type":"tool_use","id":"toolu_1","name":"f","input":{"a":1}},{"type":"tool_use","id":"toolu_2","name":"g","input":{}}]},
        {"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_1","content":"one"},
        {"type":"tool_result","tool_use_id":"toolu_2","content":"two"}]},
        {"role":"assistant","content":[{"type":"tool_use","id":"toolu_3","name":"g","input":{}}]},
        {"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_3"}]}])"},
    {"named_tool",
     R"("tools":[{"name":"f","input_schema":{"type":"object","properties":{}}}],"tool_choice":{"type":"tool","name":"f"},
        "messages":[{"role":"user","content":[{"type":"text","text":"hi"}]}])"},
    {"any_tool",
     R"("tools":[{"name":"f","input_schema":{"type":"object","properties":{}}}],"tool_choice":{"type":"any"},
        "messages":[{"role":"user","content":[{"type":"text","text":"hi"}]}])"},
    {"settings",
     R"("stream":true,"temperature":0.5,"top_k":5,"stop_sequences":["a","b"],"metadata":{"user_id":"u"},
        "messages":[{"role":"user","content":[{"type":"text","text":"hi"}]}])"},
    {"schema",
     R"("output_config":{"format":{"type":"json_schema","schema":{"type":"object","properties":{}}}},
        "messages":[{"role":"user","content":[{"type":"text","text":"hi"}]}])"},
};
INSTANTIATE_TEST_SUITE_P(
    conversation,
    MessagesRoundTrip,
    testing::ValuesIn(conversations),
    [](const auto& info) { return std::string(info.param.name); }
);

}  // namespace
}  // namespace sluice::test
