#include "api/messages_request.hpp"

#include "core/json.hpp"
#include "unit/api/rule_cases.hpp"

#include <boost/json/value.hpp>
#include <gtest/gtest.h>

#include <ostream>
#include <string>

namespace sluice {
namespace {

std::string body_of(const std::string& members)
{
    return R"({"model":"m","max_tokens":9,)" + members + "}";
}
std::string turns(const std::string& messages, const std::string& more = "")
{
    return body_of("\"messages\":[" + messages + "]" + (more.empty() ? "" : "," + more));
}
std::string saying_hi(const std::string& more)
{
    return turns(R"({"role":"user","content":"hi"})", more);
}
/// A user's turn of one block.
std::string user_block(const std::string& block)
{
    return turns(R"({"role":"user","content":[)" + block + "]}");
}

boost::json::value tree(std::string_view text)
{
    auto parsed = json::parse_tree(text);
    EXPECT_TRUE(parsed) << text;
    return parsed ? *parsed : boost::json::value();
}

/// What is said to Anthropic, and the same as a chat completion: `messages`, or a member.
struct Mapping {
    std::string name;
    std::string body;
    std::string member;
    std::string expected;
    std::string native_only = "";
};
void PrintTo(const Mapping& mapping, std::ostream* out)
{
    *out << mapping.name;
}

class MessagesTranslation : public testing::TestWithParam<Mapping> {};

TEST_P(MessagesTranslation, says_the_same)
{
    const auto& [name, body, member, expected, native_only] = GetParam();
    const auto chat = parse_messages_request(body);
    ASSERT_TRUE(chat) << chat.error().message;
    const auto found = chat->document.find(member);
    if (expected.empty())
        EXPECT_FALSE(found) << *found;
    else
        EXPECT_EQ(tree(found.value_or("null")), tree(expected)) << chat->document.text();
    EXPECT_EQ(chat->native_only, native_only);
    EXPECT_EQ(chat->native.text(), body);
    EXPECT_EQ(chat->dialect, Dialect::messages);
}

const std::vector<Mapping> contents{
    {"text",
     turns(R"({"role":"user","content":"hi"},{"role":"assistant","content":"ho"})"),
     "messages",
     R"([{"role":"user","content":"hi"},{"role":"assistant","content":"ho"}])"},
    {"system",
     saying_hi(R"("system":"Be brief")"),
     "messages",
     R"([{"role":"system","content":"Be brief"},{"role":"user","content":"hi"}])"},
    {"system_blocks",
     saying_hi(
         R"("system":[{"type":"text","text":"a","cache_control":{"type":"ephemeral"}},{"type":"text","text":"b"}])"
     ),
     "messages",
     R"([{"role":"system","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]},
         {"role":"user","content":"hi"}])"},
    {"one_text_block",
     user_block(R"({"type":"text","text":"hi","cache_control":{"type":"ephemeral"}})"),
     "messages",
     R"([{"role":"user","content":"hi"}])"},
    {"image_inline",
     user_block(
         R"({"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVBO"}},{"type":"text","text":"?"})"
     ),
     "messages",
     R"([{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBO"}},
         {"type":"text","text":"?"}]}])"},
    {"image_url",
     user_block(R"({"type":"image","source":{"type":"url","url":"https://a/b"}})"),
     "messages",
     R"([{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://a/b"}}]}])"},
    {"pdf",
     user_block(
         R"({"type":"document","title":"t.pdf","context":"c","source":{"type":"base64","media_type":"application/pdf","data":"JVBE"}})"
     ),
     "messages",
     R"([{"role":"user","content":[{"type":"text","text":"c"},
         {"type":"file","file":{"filename":"t.pdf","file_data":"data:application/pdf;base64,JVBE"}}]}])"
    },
    {"pdf_url",
     user_block(R"({"type":"document","source":{"type":"url","url":"https://a/b.pdf"}})"),
     "messages",
     R"([{"role":"user","content":[{"type":"file","file":{"filename":"document.pdf","file_url":"https://a/b.pdf"}}]}])"
    },
    {"text_document",
     user_block(
         R"({"type":"document","title":"t","source":{"type":"text","media_type":"text/plain","data":"d"}})"
     ),
     "messages",
     R"([{"role":"user","content":[{"type":"text","text":"t"},{"type":"text","text":"d"}]}])"},
    {"document_of_blocks",
     user_block(
         R"({"type":"document","source":{"type":"content","content":[{"type":"text","text":"d"}]}})"
     ),
     "messages",
     R"([{"role":"user","content":"d"}])"},
    {"tool_use",
     turns(
         R"({"role":"user","content":"hi"},{"role":"assistant","content":[{"type":"thinking","thinking":"hm","signature":"s"},
            {"type":"redacted_thinking","data":"x"},{"type":"text","text":"Let me"},
            {"type":"tool_use","id":"toolu_1","name":"f","input":{"n": 12345678901234567890}}]})"
     ),
     "messages",
     R"([{"role":"user","content":"hi"},{"role":"assistant","content":"Let me","tool_calls":[
         {"id":"toolu_1","type":"function","function":{"name":"f","arguments":"{\"n\": 12345678901234567890}"}}]}])"
    },
    {"tool_use_alone",
     turns(R"({"role":"assistant","content":[{"type":"tool_use","id":"t","name":"f","input":{}}]})"
     ),
     "messages",
     R"([{"role":"assistant","content":null,"tool_calls":[{"id":"t","type":"function","function":{"name":"f","arguments":"{}"}}]}])"
    },
    {"texts_apart",
     turns(
         R"({"role":"assistant","content":[{"type":"text","text":"a"},{"type":"text","text":"b"},
            {"type":"tool_use","id":"t","name":"f","input":{}},{"type":"text","text":"c"}]})"
     ),
     "messages",
     R"([{"role":"assistant","content":"ab\n\nc","tool_calls":[{"id":"t","type":"function","function":{"name":"f","arguments":"{}"}}]}])"
    },
    {"thoughts_alone",
     turns(
         R"({"role":"user","content":"hi"},{"role":"assistant","content":[{"type":"thinking","thinking":"hm","signature":"s"}]})"
     ),
     "messages",
     R"([{"role":"user","content":"hi"}])"},
    {"tool_results_first",
     turns(
         R"({"role":"user","content":[{"type":"tool_result","tool_use_id":"a","content":"1"},{"type":"text","text":"and"},
            {"type":"tool_result","tool_use_id":"b","is_error":true,"content":[{"type":"text","text":"x"},{"type":"text","text":"y"}]},
            {"type":"tool_result","tool_use_id":"c"},{"type":"tool_result","tool_use_id":"d","is_error":true}]})"
     ),
     "messages",
     R"([{"role":"tool","tool_call_id":"a","content":"1"},{"role":"tool","tool_call_id":"b","content":"Error: x\ny"},
         {"role":"tool","tool_call_id":"c","content":""},{"role":"tool","tool_call_id":"d","content":"Error"},
         {"role":"user","content":"and"}])"},
    {"tool_result_that_begins_with_error",
     turns(
         R"({"role":"user","content":[{"type":"tool_result","tool_use_id":"a","content":[{"type":"text","text":"Error"},
            {"type":"text","text":"x"}]},{"type":"tool_result","tool_use_id":"b","is_error":true,
            "content":[{"type":"text","text":"Error"},{"type":"text","text":"x"}]}]})"
     ),
     "messages",
     R"([{"role":"tool","tool_call_id":"a","content":"Error\nx"},{"role":"tool","tool_call_id":"b","content":"Error: Error\nx"}])"
    },
    {"tool_result_with_image",
     turns(
         R"({"role":"user","content":[{"type":"tool_result","tool_use_id":"a","content":[{"type":"text","text":"shot"},
            {"type":"image","source":{"type":"url","url":"https://a/b"}}]},{"type":"text","text":"see"}]})"
     ),
     "messages",
     R"json([{"role":"tool","tool_call_id":"a","content":"shot\n(shown in the next message)"},
         {"role":"user","content":[{"type":"text","text":"Shown by the tool call a:"},
         {"type":"image_url","image_url":{"url":"https://a/b"}},{"type":"text","text":"see"}]}])json"
    },
};

const std::vector<Mapping> settings{
    {"model", saying_hi(""), "model", R"("m")"},
    {"max_tokens", saying_hi(""), "max_tokens", "9"},
    {"stream", saying_hi(R"("stream":true)"), "stream", "true"},
    {"temperature", saying_hi(R"("temperature":0.5)"), "temperature", "0.5"},
    {"top_p", saying_hi(R"("top_p":1)"), "top_p", "1"},
    {"top_k", saying_hi(R"("top_k":5)"), "top_k", "5"},
    {"stop", saying_hi(R"("stop_sequences":["a","b"])"), "stop", R"(["a","b"])"},
    {"no_stop", saying_hi(R"("stop_sequences":[])"), "stop", ""},
    {"user", saying_hi(R"("metadata":{"user_id":"u"})"), "user", R"("u")"},
    {"no_user", saying_hi(R"("metadata":{"user_id":null})"), "user", ""},
    {"service_tier", saying_hi(R"("service_tier":"auto")"), "service_tier", ""},
    {"unknown", saying_hi(R"("context_management":{"edits":[]})"), "context_management", ""},
    {"effort", saying_hi(R"("output_config":{"effort":"max"})"), "reasoning_effort", R"("max")"},
    {"no_thinking",
     saying_hi(R"("thinking":{"type":"disabled"},"output_config":{"effort":"max"})"),
     "reasoning_effort",
     R"("none")"},
    {"adaptive", saying_hi(R"("thinking":{"type":"adaptive"})"), "reasoning_effort", ""},
    {"small_budget",
     saying_hi(R"("thinking":{"type":"enabled","budget_tokens":1024})"),
     "reasoning_effort",
     R"("low")"},
    {"budget",
     saying_hi(R"("thinking":{"type":"enabled","budget_tokens":8192})"),
     "reasoning_effort",
     R"("medium")"},
    {"large_budget",
     saying_hi(R"("thinking":{"type":"enabled","budget_tokens":31999})"),
     "reasoning_effort",
     R"("high")"},
    {"format",
     saying_hi(
         R"("output_config":{"format":{"type":"json_schema","schema":{"type":"object","properties":{}}}})"
     ),
     "response_format",
     R"({"type":"json_schema","json_schema":{"name":"answer","strict":true,"schema":{"type":"object","properties":{}}}})"
    },
    {"beta_format",
     saying_hi(R"("output_format":{"type":"json_schema","schema":{"type":"object"}})"),
     "response_format",
     R"({"type":"json_schema","json_schema":{"name":"answer","strict":true,"schema":{"type":"object"}}})"
    },
};

const std::string one_tool =
    R"("tools":[{"name":"f","description":"d","strict":true,"input_schema":{"type":"object"},"cache_control":{"type":"ephemeral"}}])";
std::string choosing(const std::string& choice)
{
    return saying_hi(one_tool + ",\"tool_choice\":" + choice);
}
std::string offering(const std::string& tool)
{
    return saying_hi("\"tools\":[" + tool + "]");
}

const std::vector<Mapping> tools{
    {"tools",
     saying_hi(one_tool),
     "tools",
     R"([{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object"},"strict":true}}])"
    },
    {"custom_type",
     offering(R"({"type":"custom","name":"f","input_schema":{}})"),
     "tools",
     R"([{"type":"function","function":{"name":"f","parameters":{}}}])"},
    {"auto_choice", choosing(R"({"type":"auto"})"), "tool_choice", R"("auto")"},
    {"any_choice", choosing(R"({"type":"any"})"), "tool_choice", R"("required")"},
    {"none_choice", choosing(R"({"type":"none"})"), "tool_choice", R"("none")"},
    {"named_choice",
     choosing(R"({"type":"tool","name":"f"})"),
     "tool_choice",
     R"({"type":"function","function":{"name":"f"}})"},
    {"one_at_a_time",
     choosing(R"({"type":"auto","disable_parallel_tool_use":true})"),
     "parallel_tool_calls",
     "false"},
    {"choice_without_tools", saying_hi(R"("tool_choice":{"type":"auto"})"), "tool_choice", ""},
};

const std::vector<Mapping> inexpressible{
    {"server_tool",
     offering(R"({"name":"f","input_schema":{}},{"type":"web_search_20260209","name":"web_search"})"
     ),
     "tools",
     R"([{"type":"function","function":{"name":"f","parameters":{}}}])",
     "tools[1]"},
    {"long_tool_name",
     offering(R"({"name":")" + std::string(65, 'f') + R"(","input_schema":{}})"),
     "tools",
     "",
     "tools[0].name"},
    {"mcp_servers",
     saying_hi(R"("mcp_servers":[{"type":"url","url":"https://a","name":"n"}])"),
     "mcp_servers",
     "",
     "mcp_servers[0]"},
    {"no_mcp_servers", saying_hi(R"("mcp_servers":[])"), "mcp_servers", ""},
    {"container", saying_hi(R"("container":"c")"), "container", "", "container"},
    {"five_stops",
     saying_hi(R"("stop_sequences":["1","2","3","4","5"])"),
     "stop",
     "",
     "stop_sequences"},
    {"uploaded_image",
     user_block(R"({"type":"image","source":{"type":"file","file_id":"f"}})"),
     "messages",
     R"([{"role":"user","content":""}])",
     "messages[0].content[0].source"},
    {"citations",
     user_block(
         R"({"type":"document","citations":{"enabled":true},"source":{"type":"text","media_type":"text/plain","data":"d"}})"
     ),
     "messages",
     R"([{"role":"user","content":"d"}])",
     "messages[0].content[0].citations"},
    {"server_tool_use",
     turns(
         R"({"role":"user","content":"hi"},{"role":"assistant","content":[{"type":"server_tool_use","id":"s","name":"web_search","input":{}},
            {"type":"text","text":"ho"}]})"
     ),
     "messages",
     R"([{"role":"user","content":"hi"},{"role":"assistant","content":"ho"}])",
     "messages[1].content[0]"},
    {"search_result",
     user_block(R"({"type":"search_result","source":"s","title":"t","content":[]})"),
     "messages",
     R"([{"role":"user","content":""}])",
     "messages[0].content[0]"},
};

std::string mapping_name(const testing::TestParamInfo<Mapping>& info)
{
    return info.param.name;
}
INSTANTIATE_TEST_SUITE_P(content, MessagesTranslation, testing::ValuesIn(contents), mapping_name);
INSTANTIATE_TEST_SUITE_P(setting, MessagesTranslation, testing::ValuesIn(settings), mapping_name);
INSTANTIATE_TEST_SUITE_P(tool, MessagesTranslation, testing::ValuesIn(tools), mapping_name);
INSTANTIATE_TEST_SUITE_P(
    only_anthropic, MessagesTranslation, testing::ValuesIn(inexpressible), mapping_name
);

class MessagesRules : public testing::TestWithParam<RuleCase> {};

TEST_P(MessagesRules, name_the_field_at_fault)
{
    const auto& field = GetParam().field;
    expect_rule(GetParam(), parse_messages_request, [&](const std::string& value) {
        std::string body = "{";
        for (const auto& [name, sound] :
             {std::pair{"model", "\"m\""},
              {"max_tokens", "9"},
              {"messages", R"([{"role":"user","content":"hi"}])"}})
            if (field != name) body += json::quoted(name) + ":" + sound + ",";
        return body + json::quoted(field) + ":" + value + "}";
    });
}

const std::vector<RuleCase> rule_table{
    {"model",
     {R"("m")"},
     {{"null", "model", "is required"},
      {"1", "model", "must be a non-empty string; got a number"},
      {R"("")", "model", "must be a non-empty string; got an empty one"}}},
    {"max_tokens",
     {"1"},
     {{"null", "max_tokens", "is required"},
      {"0", "max_tokens", "must be an integer of at least 1; got 0"}}},
    {"messages",
     {R"([{"role":"user","content":"hi"}])", R"([{"role":"user","content":[]}])"},
     {{"null", "messages", "is required"},
      {"1", "messages", "must be an array; got a number"},
      {"[]", "messages", "must have at least 1 message; got none"},
      {"[1]", "messages[0]", "must be an object; got a number"},
      {R"([{"content":"hi"}])", "messages[0].role", "is required"},
      {R"([{"role":"tool","content":"hi"}])",
       "messages[0].role",
       "must be one of user, assistant; got another string"},
      {R"([{"role":"user"}])", "messages[0].content", "is required"},
      {R"([{"role":"user","content":1}])",
       "messages[0].content",
       "must be a string or an array of blocks"},
      {R"([{"role":"user","content":[{"text":"a"}]}])", "messages[0].content[0].type", "is required"
      },
      {R"([{"role":"user","content":[{"type":"text"}]}])",
       "messages[0].content[0].text",
       "is required"},
      {R"([{"role":"user","content":"hi"},{"role":"user","content":[{"type":"text","text":1}]}])",
       "messages[1].content[0].text",
       "must be a string; got a number"},
      {R"([{"role":"user","content":[{"type":"image","source":{"type":"base64","data":"a"}}]}])",
       "messages[0].content[0].source.media_type",
       "is required"},
      {R"([{"role":"user","content":[{"type":"tool_result","content":"a"}]}])",
       "messages[0].content[0].tool_use_id",
       "is required"},
      {R"([{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"f","input":"x"}]}])",
       "messages[0].content[0].input",
       "must be an object; got a string"},
      {R"([{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"f"}]}])",
       "messages[0].content[0].input",
       "is required"}}},
    {"system",
     {"null", R"("a")", "[]"},
     {{"1", "system", "must be a string or an array of blocks"},
      {R"([{"type":"image"}])", "system[0].type", "must be text"}}},
    {"stream", {"true", "null"}, {{"1", "stream", "must be true or false; got a number"}}},
    {"temperature", {"0", "1.0"}, {{"1.5", "temperature", "must be a number from 0 to 1; got 1.5"}}
    },
    {"top_k", {"0", "40"}, {{"-1", "top_k", "must be an integer of at least 0; got -1"}}},
    {"stop_sequences",
     {"[]", R"(["a"])"},
     {{R"("a")", "stop_sequences", "must be an array; got a string"},
      {"[1]", "stop_sequences[0]", "must be a string; got a number"}}},
    {"tools",
     {"[]"},
     {{"{}", "tools", "must be an array; got an object"},
      {R"([{"input_schema":{}}])", "tools[0].name", "is required"},
      {R"([{"name":"f"}])", "tools[0].input_schema", "is required"},
      {R"([{"name":"f g","input_schema":{}}])",
       "tools[0].name",
       "must be 1 to 128 letters, digits, '_' and '-'"}}},
    {"thinking",
     {R"({"type":"disabled"})"},
     {{R"({"type":"on"})",
       "thinking.type",
       "must be one of enabled, disabled, adaptive; got another string"},
      {R"({"type":"enabled"})", "thinking.budget_tokens", "must be a positive integer"}}},
    {"output_config",
     {"{}"},
     {{R"({"effort":"some"})",
       "output_config.effort",
       "must be one of low, medium, high, xhigh, max"},
      {R"({"format":{"type":"json_schema"}})", "output_config.format.schema", "is required"}}},
    {"metadata", {"{}"}, {{"1", "metadata", "must be an object; got a number"}}},
};
INSTANTIATE_TEST_SUITE_P(field, MessagesRules, testing::ValuesIn(rule_table), rule_name);

TEST(MessagesRequest, that_is_no_json_is_malformed)
{
    EXPECT_EQ(parse_messages_request("{").error().kind, ErrorKind::malformed);
}

TEST(MessagesRequest, tells_routing_what_it_needs)
{
    const auto chat = parse_messages_request(turns(
        R"({"role":"user","content":[{"type":"image","source":{"type":"url","url":"https://a"}}]})",
        one_tool + R"(,"stream":true)"
    ));
    ASSERT_TRUE(chat);
    EXPECT_EQ(chat->model, "m");
    EXPECT_TRUE(chat->stream);
    EXPECT_EQ(chat->max_tokens, 9);
    EXPECT_TRUE(chat->needs.images);
    EXPECT_TRUE(chat->needs.tools);
    EXPECT_FALSE(chat->needs.files);
}

TEST(MessagesRequest, counts_without_max_tokens)
{
    const std::string body = R"({"model":"m","messages":[{"role":"user","content":"hi"}]})";
    EXPECT_TRUE(parse_token_count_request(body));
    EXPECT_EQ(parse_messages_request(body).error().param, "max_tokens");
}

/// Anthropic refuses thoughts that it did not sign; those of others were shown without.
TEST(MessagesRequest, gives_unsigned_thoughts_to_nobody)
{
    const std::string signed_turn =
        R"({"role": "assistant", "content":[{"type":"thinking","thinking":"a","signature":"s"},{"type":"text","text":"b"}]})";
    const auto chat = parse_messages_request(turns(
        R"({"role":"user","content":"hi"},)" + signed_turn +
        R"(,{"role":"assistant","content":[{"type":"thinking","thinking":"c","signature":""}]},)"
        R"({"role":"assistant", "content":[{"type":"thinking","thinking":"d"},{"type": "text","text":"e"}]})"
    ));
    ASSERT_TRUE(chat);
    EXPECT_EQ(
        chat->native.text(),
        turns(
            R"({"role":"user","content":"hi"},)" + signed_turn +
            R"(,{"role":"assistant", "content":[{"type": "text","text":"e"}]})"
        )
    );
}

}  // namespace
}  // namespace sluice
