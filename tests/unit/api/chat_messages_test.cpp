#include "api/openai_chat.hpp"
#include "unit/api/rule_cases.hpp"

#include <gtest/gtest.h>

namespace sluice {
namespace {

/// value: the messages array, or what stands in it.
std::string body_of(const std::string& value)
{
    return "{\"messages\":" + value + "}";
}

class ChatMessages : public testing::TestWithParam<RuleCase> {};

TEST_P(ChatMessages, keep_their_rules)
{
    expect_rule(GetParam(), parse_chat_request, body_of);
}

const std::string roles = "system, developer, user, assistant, tool";
const std::string parts = "text, image_url, input_audio, file, refusal";

const RuleCase message_rules[] = {
    {"messages",
     {R"([{"role":"user","content":"a"},{"role":"user","content":"b"}])"},
     {{"[]", "messages", "must have at least 1 message; got none"},
      {"{}", "messages", "must be an array; got an object"},
      {"null", "messages", "is required"},
      {R"([{"role":"user","content":"a"},"b"])", "messages[1]", "must be an object; got a string"}}
    },
    {"role",
     {R"([{"role":"system","content":"a"}])",
      R"([{"role":"developer","content":"a"}])",
      R"([{"content":"a","role":"user"}])",
      R"([{"role":"assistant","content":"a"}])",
      R"([{"role":"tool","tool_call_id":"c","content":"a"}])"},
     {{R"([{"content":"a"}])", "messages[0].role", "is required"},
      {R"([{"role":null,"content":"a"}])", "messages[0].role", "is required"},
      {R"([{"role":7,"content":"a"}])",
       "messages[0].role",
       "must be one of " + roles + "; got a number"},
      {R"([{"role":"user","content":"a"},{"role":"function","name":"f","content":"a"}])",
       "messages[1].role",
       "must be one of " + roles + "; got another string"}}},
    {"content",
     {R"([{"role":"user","content":""}])",
      R"([{"role":"assistant","content":null,"refusal":"no"}])",
      R"([{"role":"assistant","audio":{"id":"a"}}])",
      R"([{"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]}])"
     },
     {{R"([{"role":"user"}])", "messages[0].content", "is required"},
      {R"([{"role":"user","content":null}])", "messages[0].content", "is required"},
      {R"([{"role":"user","content":null,"refusal":"no"}])", "messages[0].content", "is required"},
      {R"([{"role":"tool","tool_call_id":"c","content":null}])",
       "messages[0].content",
       "is required"},
      {R"([{"role":"assistant","content":null}])",
       "messages[0].content",
       "is required where no tool_calls stand"},
      {R"([{"role":"assistant","content":null,"tool_calls":[]}])",
       "messages[0].content",
       "is required where no tool_calls stand"},
      {R"([{"role":"assistant","content":null,"refusal":null,"audio":null}])",
       "messages[0].content",
       "is required where no tool_calls stand"},
      {R"([{"role":"user","content":5}])",
       "messages[0].content",
       "must be a string or an array of parts; got a number"},
      {R"([{"role":"user","content":[]}])",
       "messages[0].content",
       "must have at least 1 part; got none"}}},
    {"parts",
     {R"([{"role":"user","content":[
            {"text":"a","type":"text"},
            {"type":"image_url","image_url":{"url":"https://x/y.png","detail":"low"}},
            {"type":"image_url","image_url":"https://x/y.png"},
            {"type":"input_audio","input_audio":{"data":"AA==","format":"wav"}},
            {"type":"file","file":{"file_id":"file-1"}}]}])",
      R"([{"role":"assistant","content":[{"type":"text","text":"a"},{"type":"refusal","refusal":"no"}]}])",
      R"([{"role":"system","content":[{"type":"text","text":"a"}]}])",
      R"([{"role":"tool","tool_call_id":"c","content":[{"type":"text","text":"a"}]}])"},
     {{R"([{"role":"user","content":["a"]}])",
       "messages[0].content[0]",
       "must be an object; got a string"},
      {R"([{"role":"user","content":[{"text":"a"}]}])", "messages[0].content[0].type", "is required"
      },
      {R"([{"role":"user","content":"a"},{"role":"user","content":"b"},{"role":"user","content":[{"type":"txt","text":"a"}]}])",
       "messages[2].content[0].type",
       "must be one of " + parts + "; got another string"},
      {R"([{"role":"user","content":[{"type":"text"}]}])",
       "messages[0].content[0].text",
       "is required"},
      {R"([{"role":"user","content":[{"type":"text","text":["a"]}]}])",
       "messages[0].content[0].text",
       "must be a string; got an array"},
      {R"([{"role":"user","content":[{"type":"image_url","image_url":7}]}])",
       "messages[0].content[0].image_url",
       "must be an object; got a number"},
      {R"([{"role":"user","content":[{"type":"image_url","image_url":{}}]}])",
       "messages[0].content[0].image_url.url",
       "is required"},
      {R"([{"role":"user","content":[{"type":"text","text":"a"},{"type":"input_audio","input_audio":{"data":"AA=="}}]}])",
       "messages[0].content[1].input_audio.format",
       "is required"},
      {R"([{"role":"user","content":[{"type":"input_audio","input_audio":{"format":"wav"}}]}])",
       "messages[0].content[0].input_audio.data",
       "is required"},
      {R"([{"role":"user","content":[{"type":"file","file":"file-1"}]}])",
       "messages[0].content[0].file",
       "must be an object; got a string"}}},
    {"parts_of_roles",
     {},
     {{R"([{"role":"system","content":[{"type":"text","text":"a"},{"type":"image_url","image_url":{"url":"u"}}]}])",
       "messages[0].content[1].type",
       "must not be image_url in a message of role system"},
      {R"([{"content":[{"type":"input_audio","input_audio":{"data":"a","format":"wav"}}],"role":"developer"}])",
       "messages[0].content[0].type",
       "must not be input_audio in a message of role developer"},
      {R"([{"role":"assistant","content":[{"type":"image_url","image_url":{"url":"u"}}]}])",
       "messages[0].content[0].type",
       "must not be image_url in a message of role assistant"},
      {R"([{"role":"tool","tool_call_id":"c","content":[{"type":"file","file":{}}]}])",
       "messages[0].content[0].type",
       "must not be file in a message of role tool"},
      {R"([{"role":"user","content":[{"type":"refusal","refusal":"no"}]}])",
       "messages[0].content[0].type",
       "must not be refusal in a message of role user"}}},
    {"tool_call_id",
     {},
     {{R"([{"role":"tool","content":"a"}])",
       "messages[0].tool_call_id",
       "is required in a message of role tool"},
      {R"([{"role":"tool","tool_call_id":5,"content":"a"}])",
       "messages[0].tool_call_id",
       "must be a string; got a number"}}},
    {"tool_calls",
     {R"([{"role":"assistant","content":"a","tool_calls":[]}])",
      R"([{"role":"user","content":"a","tool_calls":null}])",
      R"([{"role":"assistant","tool_calls":[{"type":"custom","custom":{"name":"f","input":"i"},"id":"c"}]}])"
     },
     {{R"([{"role":"user","content":"a","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":""}}]}])",
       "messages[0].tool_calls",
       "may stand in messages of role assistant only"},
      {R"([{"role":"assistant","tool_calls":{}}])",
       "messages[0].tool_calls",
       "must be an array; got an object"},
      {R"([{"role":"assistant","tool_calls":[{"type":"function","function":{"name":"f","arguments":""}}]}])",
       "messages[0].tool_calls[0].id",
       "is required"},
      {R"([{"role":"assistant","tool_calls":[{"id":"c","function":{"name":"f","arguments":""}}]}])",
       "messages[0].tool_calls[0].type",
       "is required"},
      {R"([{"role":"assistant","tool_calls":[{"id":"c","type":"function"}]}])",
       "messages[0].tool_calls[0].function",
       "is required"},
      {R"([{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"arguments":""}}]}])",
       "messages[0].tool_calls[0].function.name",
       "is required"},
      {R"([{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":{}}}]}])",
       "messages[0].tool_calls[0].function.arguments",
       "must be a string; got an object"},
      {R"([{"role":"assistant","tool_calls":[{"id":"c","type":"custom","custom":{"name":"f"}}]}])",
       "messages[0].tool_calls[0].custom.input",
       "is required"}}},
    {"name",
     {R"([{"role":"user","name":"Ann","content":"a"}])",
      R"([{"role":"user","name":null,"content":"a"}])"},
     {{R"([{"role":"user","name":1,"content":"a"}])",
       "messages[0].name",
       "must be a string; got a number"}}},
    {"other_members",
     {R"([{"role":"assistant","content":"a","reasoning_content":"r","annotations":[],"prefix":true,"function_call":null}])"
     },
     {}},
};
INSTANTIATE_TEST_SUITE_P(rules, ChatMessages, testing::ValuesIn(message_rules), rule_name);

TEST(ChatNeeds, follow_from_the_parts_of_messages)
{
    const auto needs = [](const std::string& part) {
        return parse_chat_request(body_of(R"([{"role":"user","content":[)" + part + "]}]"))
            .value()
            .needs;
    };
    EXPECT_TRUE(needs(R"({"type":"image_url","image_url":{"url":"u"}})").images);
    EXPECT_TRUE(needs(R"({"type":"input_audio","input_audio":{"data":"a","format":"wav"}})").audio);
    EXPECT_TRUE(needs(R"({"type":"file","file":{"file_id":"f"}})").files);
    const auto text = needs(R"({"type":"text","text":"a"})");
    EXPECT_FALSE(text.images || text.audio || text.files);
}

}  // namespace
}  // namespace sluice
