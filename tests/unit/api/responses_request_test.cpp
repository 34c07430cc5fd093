#include "api/responses_request.hpp"

#include "rule_cases.hpp"

#include <boost/json/parse.hpp>
#include <gmock/gmock.h>

namespace sluice {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

Result<ChatRequest> translated(const std::string& body, std::vector<std::string> history = {})
{
    auto request = parse_responses_request(body);
    if (!request) return std::unexpected(request.error());
    return translate_to_chat(*request, history);
}

boost::json::value tree(std::string_view text)
{
    return boost::json::parse(text);
}

std::string with(const std::string& member)
{
    return R"({"model":"m","input":"hi",)" + member + "}";
}

/// What stands in the caller's body, and what of it in the chat.
struct TranslationCase {
    const char* name;
    const char* given;     // members, input among them or not
    const char* expected;  // members of the chat, without the model
    const char* native_only = "";
};
void PrintTo(const TranslationCase& c, std::ostream* out)
{
    *out << c.given;
}

class ResponsesTranslation : public testing::TestWithParam<TranslationCase> {};

TEST_P(ResponsesTranslation, says_in_chat_what_the_request_means)
{
    const auto& [name, given, expected, native_only] = GetParam();
    const auto chat = translated(concat(R"({"model":"m",)", given, "}"));
    ASSERT_TRUE(chat) << chat.error().message;
    EXPECT_EQ(tree(chat->document.text()), tree(concat(R"({"model":"m",)", expected, "}")))
        << chat->document.text();
    EXPECT_EQ(chat->native_only, native_only);
    EXPECT_EQ(chat->dialect, Dialect::responses);
    EXPECT_EQ(chat->native.text(), concat(R"({"model":"m",)", given, "}"));
}

INSTANTIATE_TEST_SUITE_P(
    table,
    ResponsesTranslation,
    testing::Values(
        TranslationCase{
            "text", R"("input":"hi")", R"("messages":[{"role":"user","content":"hi"}])"
        },
        TranslationCase{
            "instructions_come_first",
            R"("instructions":"Be brief.","input":[{"role":"developer","content":"d"},{"role":"user","content":"u"}])",
            R"("messages":[{"role":"system","content":"Be brief."},{"role":"developer","content":"d"},{"role":"user","content":"u"}])"
        },
        TranslationCase{
            "parts",
            R"("input":[{"type":"message","role":"user","content":[
                {"type":"input_text","text":"a"},
                {"type":"input_image","image_url":"https://x/y.png","detail":"low"},
                {"type":"input_file","filename":"f.pdf","file_data":"data:application/pdf;base64,AA=="},
                {"type":"input_file","file_id":"file-1"},
                {"type":"input_audio","input_audio":{"data":"AA==","format":"wav"}}]}])",
            R"("messages":[{"role":"user","content":[
                {"type":"text","text":"a"},
                {"type":"image_url","image_url":{"url":"https://x/y.png","detail":"low"}},
                {"type":"file","file":{"filename":"f.pdf","file_data":"data:application/pdf;base64,AA=="}},
                {"type":"file","file":{"file_id":"file-1"}},
                {"type":"input_audio","input_audio":{"data":"AA==","format":"wav"}}]}])"
        },
        TranslationCase{
            "one_text_part_is_plain_text",
            R"("input":[{"role":"user","content":[{"type":"input_text","text":"a\u00e9"}]}])",
            R"("messages":[{"role":"user","content":"aé"}])"
        },
        TranslationCase{
            "what_the_model_said",
            R"("input":[{"role":"user","content":"q"},
                {"type":"message","id":"msg_1","status":"completed","role":"assistant","content":[
                    {"type":"output_text","text":"a","annotations":[]},{"type":"output_text","text":"b"}]},
                {"role":"user","content":"again"},
                {"role":"assistant","content":[{"type":"refusal","refusal":"no"}]}])",
            R"("messages":[{"role":"user","content":"q"},{"role":"assistant","content":"ab"},
                {"role":"user","content":"again"},{"role":"assistant","content":null,"refusal":"no"}])"
        },
        TranslationCase{
            "calls_of_one_turn_are_one_message",
            R"("input":[{"role":"user","content":"q"},
                {"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":"x"},
                {"role":"assistant","content":"Let me see."},
                {"type":"function_call","id":"fc_1","call_id":"c1","name":"f","arguments":"{}"},
                {"type":"custom_tool_call","call_id":"c2","name":"g","input":"free"},
                {"type":"function_call_output","call_id":"c1","output":"one"},
                {"type":"custom_tool_call_output","call_id":"c2","output":[{"type":"input_text","text":"two"}]},
                {"type":"function_call","call_id":"c3","name":"f","arguments":"{}"},
                {"type":"function_call_output","call_id":"c3","output":"three"}])",
            R"("messages":[{"role":"user","content":"q"},
                {"role":"assistant","content":"Let me see.","tool_calls":[
                    {"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}},
                    {"id":"c2","type":"custom","custom":{"name":"g","input":"free"}}]},
                {"role":"tool","tool_call_id":"c1","content":"one"},
                {"role":"tool","tool_call_id":"c2","content":"two"},
                {"role":"assistant","content":null,"tool_calls":[
                    {"id":"c3","type":"function","function":{"name":"f","arguments":"{}"}}]},
                {"role":"tool","tool_call_id":"c3","content":"three"}])"
        },
        TranslationCase{
            "tools",
            R"("input":"hi","tools":[{"type":"function","name":"f","description":"d","parameters":{"type":"object"},"strict":true},
                {"type":"custom","name":"g","format":{"type":"grammar","syntax":"lark","definition":"x"}}],
                "tool_choice":{"type":"function","name":"f"},"parallel_tool_calls":false)",
            R"("messages":[{"role":"user","content":"hi"}],
                "tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object"},"strict":true}},
                {"type":"custom","custom":{"name":"g","format":{"type":"grammar","grammar":{"syntax":"lark","definition":"x"}}}}],
                "tool_choice":{"type":"function","function":{"name":"f"}},"parallel_tool_calls":false)"
        },
        TranslationCase{
            "allowed_tools",
            R"("input":"hi","tools":[{"type":"function","name":"f"}],"tool_choice":{"type":"allowed_tools","mode":"auto","tools":[{"type":"function","name":"f"}]})",
            R"("messages":[{"role":"user","content":"hi"}],"tools":[{"type":"function","function":{"name":"f"}}],
                "tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":[{"type":"function","function":{"name":"f"}}]}})"
        },
        TranslationCase{
            "no_tools_have_no_choice",
            R"("input":"hi","tools":[],"tool_choice":"auto","parallel_tool_calls":true)",
            R"("messages":[{"role":"user","content":"hi"}])"
        },
        TranslationCase{
            "schema",
            R"("input":"hi","text":{"format":{"type":"json_schema","name":"n","schema":{"type":"object"},"strict":true},"verbosity":"low"})",
            R"("messages":[{"role":"user","content":"hi"}],"verbosity":"low",
                "response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object"},"strict":true}})"
        },
        TranslationCase{
            "json_mode",
            R"("input":"hi","text":{"format":{"type":"json_object"}})",
            R"("messages":[{"role":"user","content":"hi"}],"response_format":{"type":"json_object"})"
        },
        TranslationCase{
            "plain_text_is_nothing_to_ask_for",
            R"("input":"hi","text":{"format":{"type":"text"}})",
            R"("messages":[{"role":"user","content":"hi"}])"
        },
        TranslationCase{
            "settings",
            R"("input":"hi","max_output_tokens":99,"reasoning":{"effort":"low","summary":"auto"},"temperature":0.5,"top_p":0.9,
                "metadata":{"a":"b"},"user":"u","safety_identifier":"s","service_tier":"flex","prompt_cache_key":"k","stream":true,
                "store":false,"truncation":"disabled","include":["reasoning.encrypted_content"],"background":false,"conversation":null)",
            R"("messages":[{"role":"user","content":"hi"}],"max_completion_tokens":99,"reasoning_effort":"low","temperature":0.5,"top_p":0.9,
                "metadata":{"a":"b"},"user":"u","safety_identifier":"s","service_tier":"flex","prompt_cache_key":"k","stream":true)"
        },
        TranslationCase{
            "what_chat_may_know",
            R"("input":"hi","truncation":"auto","top_k":5)",
            R"("messages":[{"role":"user","content":"hi"}],"truncation":"auto","top_k":5)"
        },
        TranslationCase{
            "log_probabilities",
            R"("input":"hi","include":["message.output_text.logprobs"],"top_logprobs":3)",
            R"("messages":[{"role":"user","content":"hi"}],"logprobs":true,"top_logprobs":3)"
        },
        TranslationCase{
            "hosted_tool",
            R"("input":"hi","tools":[{"type":"function","name":"f"},{"type":"web_search"}],"tool_choice":{"type":"web_search"})",
            R"("messages":[{"role":"user","content":"hi"}],"tools":[{"type":"function","function":{"name":"f"}}])",
            "tools[1]"
        },
        TranslationCase{
            "hosted_item",
            R"("input":[{"role":"user","content":"hi"},{"type":"web_search_call","id":"ws_1","status":"completed"}])",
            R"("messages":[{"role":"user","content":"hi"}])",
            "input[1]"
        },
        TranslationCase{
            "image_by_file_id",
            R"("input":[{"role":"user","content":[{"type":"input_image","file_id":"file-1"}]}])",
            R"("messages":[{"role":"user","content":""}])",
            "input[0].content[0]"
        },
        TranslationCase{
            "image_of_a_tool",
            R"("input":[{"type":"function_call","call_id":"c","name":"f","arguments":"{}"},
                {"type":"function_call_output","call_id":"c","output":[{"type":"input_text","text":"t"}]}],"context_management":[{"type":"compaction"}])",
            R"("messages":[{"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]},
                {"role":"tool","tool_call_id":"c","content":"t"}])",
            "context_management"
        }
    ),
    [](const auto& info) { return info.param.name; }
);

class ResponsesRules : public testing::TestWithParam<RuleCase> {};

TEST_P(ResponsesRules, takes_what_is_sound_and_names_what_is_not)
{
    const auto& field = GetParam().field;
    const auto body = [&](const std::string& value) {
        return field == "input" ? concat(R"({"model":"m","input":)", value, "}")
                                : with(concat("\"", field, "\":", value));
    };
    expect_rule(GetParam(), [](const std::string& text) { return translated(text); }, body);
}

INSTANTIATE_TEST_SUITE_P(
    table,
    ResponsesRules,
    testing::Values(
        RuleCase{
            "input",
            {R"("hi")", R"([{"role":"user","content":"x"}])"},
            {{"7", "input", "must be a string or an array of items; got a number"},
             {"[7]", "input[0]", "must be an object; got a number"},
             {"[]", "input", "is required and must have at least 1 item"},
             {"[{}]", "input[0].type", "is required"},
             {R"([{"role":"bot","content":"x"}])",
              "input[0].role",
              "must be one of user, assistant, system, developer"},
             {R"([{"role":"user"}])", "input[0].content", "is required"},
             {R"([{"role":"user","content":[{"type":"input_text"}]}])",
              "input[0].content[0].text",
              "is required"},
             {R"([{"role":"user","content":[{"type":"input_image"}]}])",
              "input[0].content[0].image_url",
              "must be a string"},
             {R"([{"role":"assistant","content":[{"type":"input_image"}]}])",
              "input[0].content[0].type",
              "must be one of output_text, refusal"},
             {R"([{"type":"function_call","call_id":"c","name":"f"}])",
              "input[0].arguments",
              "is required"},
             {R"([{"type":"function_call_output","call_id":"c","output":"x"}])",
              "input[0].call_id",
              "names no tool call of the conversation"}}
        },
        RuleCase{
            "max_output_tokens",
            {"1", "null"},
            {{"0", "max_output_tokens", "must be an integer of at least 1; got 0"}}
        },
        RuleCase{
            "reasoning",
            {R"({"effort":"high"})", R"({"effort":null})"},
            {{R"({"effort":"huge"})",
              "reasoning.effort",
              "must be one of none, minimal, low, medium, high, xhigh, max; got another string"}}
        },
        RuleCase{
            "text",
            {"{}", R"({"format":{"type":"text"}})"},
            {{R"({"format":{"type":"xml"}})",
              "text.format.type",
              "must be one of text, json_object, json_schema; got another string"},
             {R"({"format":{"type":"json_schema","schema":{}}})", "text.format.name", "is required"}
            }
        },
        RuleCase{
            "tools",
            {"[]", R"([{"type":"function","name":"f"}])"},
            {{R"([{"name":"f"}])", "tools[0].type", "is required"},
             {R"([{"type":"function"}])", "tools[0].name", "is required"}}
        },
        RuleCase{
            "temperature", {"2"}, {{"3", "temperature", "must be a number from 0 to 2; got 3"}}
        },
        RuleCase{
            "background",
            {"false"},
            {{"true", "background", "is not served here; ask for a stream instead"}}
        },
        RuleCase{
            "conversation",
            {"null"},
            {{R"("conv_1")", "conversation", "is not served here; use previous_response_id"}}
        },
        RuleCase{
            "max_tokens",
            {},
            {{"1", "max_tokens", "is a field of chat completions, which this API has not"}}
        }
    ),
    rule_name
);

TEST(ResponsesHistory, stands_before_the_new_input_in_both_forms)
{
    const std::string body =
        R"({"model":"m", "previous_response_id":"resp_1","temperature":1.0,"input":[{"type":"function_call_output","call_id":"c1","output":"11"}]})";
    const std::vector<std::string> history{
        R"({"role":"user","content":"how warm?"})",
        R"({"id":"rs_1","type":"reasoning","summary":[]})",
        R"({"id":"rs_2","type":"reasoning","summary":[],"encrypted_content":"x"})",
        R"({"id":"fc_1","type":"function_call","call_id":"c1","name":"f","arguments":"{}"})",
    };
    const auto chat = translated(body, history);
    ASSERT_TRUE(chat) << chat.error().message;
    EXPECT_EQ(
        tree(*chat->document.find("messages")), tree(R"([{"role":"user","content":"how warm?"},
            {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}}]},
            {"role":"tool","tool_call_id":"c1","content":"11"}])")
    );
    EXPECT_EQ(
        chat->native.text(),
        concat(
            R"({"model":"m","temperature":1.0,"input":[)",
            history[0],
            ",",
            history[2],  // thoughts in the clear are nobody's to read
            ",",
            history[3],
            R"(,{"type":"function_call_output","call_id":"c1","output":"11"}]})"
        )
    );
}

TEST(ResponsesHistory, a_text_becomes_an_item_where_it_follows_others)
{
    const auto chat = translated(
        R"({"model":"m","input":"and now?","previous_response_id":"resp_1"})",
        {R"({"role":"user","content":"q"})"}
    );
    EXPECT_EQ(
        chat->native.text(),
        R"({"model":"m","input":[{"role":"user","content":"q"},{"type":"message","role":"user","content":"and now?"}]})"
    );
}

TEST(ResponsesHistory, of_the_callers_own_has_no_thoughts_in_the_clear_either)
{
    const auto chat = translated(
        R"({"model":"m","input":[{"role":"user","content":"q"},{"type":"reasoning","id":"rs_1","summary":[]}]})"
    );
    EXPECT_EQ(chat->native.text(), R"({"model":"m","input":[{"role":"user","content":"q"}]})");
}

TEST(ResponsesReferences, are_replaced_by_their_items)
{
    auto request = parse_responses_request(
        R"({"model":"m","input":[{"type":"item_reference","id":"msg_1"},{"id":"fc_1"},{"role":"user","content":"u"}]})"
    );
    ASSERT_TRUE(request);
    EXPECT_THAT(item_references(*request), ElementsAre("msg_1", "fc_1"));
    const std::string message = R"({"id":"msg_1","role":"assistant","content":"a"})";
    const std::string call =
        R"({"id":"fc_1","type":"function_call","call_id":"c","name":"f","arguments":"{}"})";
    ASSERT_TRUE(resolve_references(*request, {}, {{"msg_1", message}, {"fc_1", call}}));
    EXPECT_THAT(request->input, ElementsAre(message, call, R"({"role":"user","content":"u"})"));
    const auto chat = translate_to_chat(*request, {});
    EXPECT_THAT(chat->native.text(), HasSubstr(call));
    EXPECT_THAT(chat->native.text(), Not(HasSubstr("item_reference")));
}

TEST(ResponsesReferences, to_what_is_in_the_history_add_nothing_and_others_are_refused)
{
    const std::vector<std::string> history{R"({"id":"msg_1","role":"assistant","content":"a"})"};
    const auto resolved = [&](const std::string& id) {
        auto request = parse_responses_request(concat(
            R"({"input":[{"type":"item_reference","id":")",
            id,
            R"("},{"role":"user","content":"u"}]})"
        ));
        auto done = resolve_references(*request, history, {});
        return done ? std::to_string(request->input.size()) : done.error().message;
    };
    EXPECT_EQ(resolved("msg_1"), "1");
    EXPECT_EQ(resolved("msg_2"), "Item with id 'msg_2' not found.");
}

}  // namespace
}  // namespace sluice
