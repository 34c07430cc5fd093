#include "api/openai_chat.hpp"

#include "unit/api/rule_cases.hpp"

#include <gtest/gtest.h>

namespace sluice {
namespace {

const std::string messages = R"("messages":[{"role":"user","content":"hi"}])";

std::string repeated(int n, const std::string& element)
{
    std::string out;
    for (int i = 0; i < n; ++i) out += (i ? "," : "") + element;
    return out;
}

std::string with(const std::string& members)
{
    return "{" + messages + (members.empty() ? "" : "," + members) + "}";
}

std::string pairs(int n)
{
    std::string out;
    for (int i = 0; i < n; ++i) out += concat(i ? "," : "", "\"k", std::to_string(i), "\":\"v\"");
    return "{" + out + "}";
}

const std::string a_tool = R"({"type":"function","function":{"name":"f"}})";

class ChatField : public testing::TestWithParam<RuleCase> {};

TEST_P(ChatField, keeps_its_rule)
{
    const auto body_with = [](const std::string& value) {
        return with("\"" + GetParam().field + "\":" + value);
    };
    expect_rule(GetParam(), parse_chat_request, body_with);
    EXPECT_TRUE(parse_chat_request(body_with("null"))) << "null is as good as absent";
}

const RuleCase chat_fields[] = {
    {"model", {R"("gpt-6-luna")", R"("")"}, {{"7", "model", "must be a string; got a number"}}},
    {"stream",
     {"true", "false"},
     {{"1", "stream", "must be true or false; got a number"},
      {R"("true")", "stream", "must be true or false; got a string"}}},
    {"stream_options",
     {"{}",
      R"({"include_usage":true})",
      R"({"include_usage":null})",
      R"({"include_obfuscation":false})"},
     {{"true", "stream_options", "must be an object; got a boolean"},
      {R"({"include_usage":"yes"})",
       "stream_options.include_usage",
       "must be true or false; got a string"}}},
    {"max_tokens",
     {"1", "4096", "1e3"},
     {{"0", "max_tokens", "must be an integer of at least 1; got 0"},
      {"1.5", "max_tokens", "must be an integer of at least 1; got 1.5"},
      {R"("1")", "max_tokens", "must be an integer of at least 1; got a string"}}},
    {"max_completion_tokens",
     {"1"},
     {{"-1", "max_completion_tokens", "must be an integer of at least 1; got -1"}}},
    {"temperature",
     {"0", "2", "0.7", "2.0", "7e-1"},
     {{"2.1", "temperature", "must be a number from 0 to 2; got 2.1"},
      {"-0.1", "temperature", "must be a number from 0 to 2; got -0.1"},
      {"1e999", "temperature", "must be a number from 0 to 2; got 1e999"},
      {"3" + std::string(100, '0'),
       "temperature",
       "must be a number from 0 to 2; got a very long number"},
      {R"("hot")", "temperature", "must be a number from 0 to 2; got a string"},
      {"[]", "temperature", "must be a number from 0 to 2; got an array"}}},
    {"top_p", {"0", "1"}, {{"1.01", "top_p", "must be a number from 0 to 1; got 1.01"}}},
    {"frequency_penalty",
     {"-2", "2"},
     {{"-2.5", "frequency_penalty", "must be a number from -2 to 2; got -2.5"}}},
    {"presence_penalty",
     {"-2", "2"},
     {{"3", "presence_penalty", "must be a number from -2 to 2; got 3"}}},
    {"n",
     {"1", "128"},
     {{"0", "n", "must be an integer from 1 to 128; got 0"},
      {"129", "n", "must be an integer from 1 to 128; got 129"},
      {"true", "n", "must be an integer from 1 to 128; got a boolean"}}},
    {"stop",
     {R"("END")", "[]", R"(["a","b","c","d"])"},
     {{"4", "stop", "must be a string or an array of strings; got a number"},
      {R"(["a",4])", "stop[1]", "must be a string; got a number"},
      {R"(["a","b","c","d","e"])", "stop", "must have at most 4 elements; got 5"}}},
    {"seed",
     {"0", "-7", "18446744073709551616123"},
     {{"1.5", "seed", "must be an integer; got 1.5"},
      {R"("1")", "seed", "must be an integer; got a string"}}},
    {"logprobs", {"true"}, {{"5", "logprobs", "must be true or false; got a number"}}},
    {"top_logprobs",
     {"0", "20"},
     {{"21", "top_logprobs", "must be an integer from 0 to 20; got 21"}}},
    {"verbosity",
     {R"("low")", R"("medium")", R"("high")"},
     {{R"("loud")", "verbosity", "must be one of low, medium, high; got another string"},
      {"1", "verbosity", "must be one of low, medium, high; got a number"}}},
    {"reasoning_effort",
     {R"("none")", R"("minimal")", R"("low")", R"("medium")", R"("high")", R"("xhigh")", R"("max")"
     },
     {{R"("hard")",
       "reasoning_effort",
       "must be one of none, minimal, low, medium, high, xhigh, max; got another string"}}},
    {"tools",
     {"[]",
      "[" + repeated(128, a_tool) + "]",
      R"([{"type":"function","function":{"name":"Get-it_2","description":"d","parameters":{"type":"object"},"strict":null}}])",
      R"([{"custom":{"name":"c","format":{"type":"text"}},"type":"custom"}])"},
     {{"{}", "tools", "must be an array; got an object"},
      {"[" + repeated(129, a_tool) + "]", "tools", "must have at most 128 elements; got 129"},
      {"[7]", "tools[0]", "must be an object; got a number"},
      {"[{}]", "tools[0].type", "is required"},
      {R"([{"type":"browser"}])",
       "tools[0].type",
       "must be one of function, custom; got another string"},
      {R"([{"type":null}])", "tools[0].type", "is required"},
      {R"([{"type":3}])", "tools[0].type", "must be one of function, custom; got a number"},
      {"[" + a_tool + R"(,{"type":"function"}])", "tools[1].function", "is required"},
      {R"([{"type":"function","function":{}}])", "tools[0].function.name", "is required"},
      {R"([{"type":"function","function":{"name":""}}])",
       "tools[0].function.name",
       "must be 1 to 64 letters, digits, '_' and '-'; got another string"},
      {R"([{"type":"function","function":{"name":"a b"}}])",
       "tools[0].function.name",
       "must be 1 to 64 letters, digits, '_' and '-'; got another string"},
      {R"([{"type":"function","function":{"name":")" + std::string(65, 'a') + R"("}}])",
       "tools[0].function.name",
       "must be 1 to 64 letters, digits, '_' and '-'; got another string"},
      {R"([{"type":"function","function":{"name":"f","parameters":"{}"}}])",
       "tools[0].function.parameters",
       "must be an object; got a string"},
      {R"([{"type":"function","function":{"name":"f","strict":1}}])",
       "tools[0].function.strict",
       "must be true or false; got a number"},
      {R"([{"type":"custom","custom":{"name":"a.b"}}])",
       "tools[0].custom.name",
       "must be 1 to 64 letters, digits, '_' and '-'; got another string"}}},
    {"tool_choice",
     {R"("none")",
      R"("auto")",
      R"("required")",
      R"({"type":"function","function":{"name":"f"}})",
      R"({"type":"custom","custom":{"name":"f"}})",
      R"({"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":[{"type":"function","function":{"name":"f"}}]}})"
     },
     {{R"("never")", "tool_choice", "must be one of none, auto, required, any; got another string"},
      {"true", "tool_choice", "must be one of none, auto, required, or an object; got a boolean"},
      {"{}", "tool_choice.type", "is required"},
      {R"({"type":"function"})", "tool_choice.function", "is required"},
      {R"({"type":"function","function":{"name":1}})",
       "tool_choice.function.name",
       "must be 1 to 64 letters, digits, '_' and '-'; got a number"},
      {R"({"type":"allowed_tools","allowed_tools":{"tools":[]}})",
       "tool_choice.allowed_tools.mode",
       "is required"},
      {R"({"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":[{}]}})",
       "tool_choice.allowed_tools.tools[0].type",
       "is required"}}},
    {"parallel_tool_calls",
     {"true"},
     {{R"("no")", "parallel_tool_calls", "must be true or false; got a string"}}},
    {"response_format",
     {R"({"type":"text"})",
      R"({"type":"json_object"})",
      R"({"type":"json_schema","json_schema":{"name":"s","schema":{"type":"object"},"strict":true}})"
     },
     {{R"("json")", "response_format", "must be an object; got a string"},
      {"{}", "response_format.type", "is required"},
      {R"({"type":"xml"})",
       "response_format.type",
       "must be one of text, json_object, json_schema; got another string"},
      {R"({"type":"json_schema"})", "response_format.json_schema", "is required"},
      {R"({"type":"json_schema","json_schema":{"schema":{}}})",
       "response_format.json_schema.name",
       "is required"},
      {R"({"type":"json_schema","json_schema":{"name":"s"}})",
       "response_format.json_schema.schema",
       "is required"},
      {R"({"type":"json_schema","json_schema":{"name":"s","schema":true}})",
       "response_format.json_schema.schema",
       "must be an object; got a boolean"}}},
    {"metadata",
     {"{}",
      pairs(16),
      R"({")" + std::string(64, 'k') + R"(":")" + std::string(512, 'v') + R"("})",
      R"({"é":"ü"})"},
     {{"[]", "metadata", "must be an object; got an array"},
      {pairs(17), "metadata", "must have at most 16 pairs; got 17"},
      {R"({"a":1})", "metadata.a", "must be a string; got a number"},
      {R"({"":1})", "metadata.", "must be a string; got a number"},
      {R"({"a":")" + std::string(513, 'v') + R"("})",
       "metadata.a",
       "must have at most 512 characters; got 513"},
      {R"({")" + std::string(65, 'k') + R"(":"v"})",
       "metadata",
       "must have keys of at most 64 characters; got a longer one"}}},
    {"user", {R"("u")"}, {{"1", "user", "must be a string; got a number"}}},
};
INSTANTIATE_TEST_SUITE_P(rules, ChatField, testing::ValuesIn(chat_fields), rule_name);

TEST(ChatRequest, has_what_routing_reads)
{
    const auto chat = parse_chat_request(with(
        R"("model":"m\u0041","stream":true,"stream_options":{"include_usage":true},"max_tokens":5,"n":3,"logprobs":true)"
    ));
    ASSERT_TRUE(chat);
    EXPECT_EQ(chat->model, "mA");
    EXPECT_TRUE(chat->stream);
    EXPECT_TRUE(chat->include_usage);
    EXPECT_EQ(chat->max_tokens, 5);
    EXPECT_EQ(chat->needs.n, 3);
    EXPECT_TRUE(chat->needs.logprobs);
}

TEST(ChatRequest, without_optional_fields_needs_nothing)
{
    const auto chat = parse_chat_request(with(R"("model":null,"stream":null,"n":null,"tools":[])"));
    ASSERT_TRUE(chat);
    EXPECT_EQ(chat->model, "");
    EXPECT_FALSE(chat->stream);
    EXPECT_FALSE(chat->include_usage);
    EXPECT_EQ(chat->max_tokens, std::nullopt);
    EXPECT_EQ(chat->needs.n, 1);
    EXPECT_FALSE(chat->needs.tools || chat->needs.custom_tools || chat->needs.json_schema);
    EXPECT_FALSE(chat->needs.json_mode || chat->needs.logprobs);
    EXPECT_FALSE(chat->needs.images || chat->needs.audio || chat->needs.files);
}

TEST(ChatRequest, max_completion_tokens_goes_before_max_tokens)
{
    EXPECT_EQ(
        parse_chat_request(with(R"("max_completion_tokens":7,"max_tokens":5)"))->max_tokens, 7
    );
    EXPECT_EQ(
        parse_chat_request(with(R"("max_completion_tokens":null,"max_tokens":5)"))->max_tokens, 5
    );
}

TEST(ChatRequest, notes_tools_and_formats_that_a_target_may_lack)
{
    const auto needs = [](const std::string& members) {
        return parse_chat_request(with(members)).value().needs;
    };
    EXPECT_TRUE(needs("\"tools\":[" + a_tool + "]").tools);
    EXPECT_FALSE(needs("\"tools\":[" + a_tool + "]").custom_tools);
    EXPECT_TRUE(needs(R"("tools":[{"type":"custom","custom":{"name":"c"}}])").custom_tools);
    EXPECT_TRUE(needs(R"("response_format":{"type":"json_object"})").json_mode);
    const auto schema =
        needs(R"("response_format":{"type":"json_schema","json_schema":{"name":"s","schema":{}}})");
    EXPECT_TRUE(schema.json_schema);
    EXPECT_FALSE(schema.json_mode);
    EXPECT_FALSE(needs(R"("response_format":{"type":"text"})").json_mode);
}

TEST(ChatRequest, keeps_its_bytes)
{
    const std::string body =
        " {\"seed\": 12345678901234567890123, \"temperature\":0.70,\"x\":[1e400, "
        "{\"a\":1,\"a\":2}],\n"
        "\"seed\" :1,\"messages\":[{\"content\":\"\\u00e9 \xC3\xA9\",\"role\":\"user\"}]} ";
    const auto chat = parse_chat_request(body);
    ASSERT_TRUE(chat) << chat.error().message;
    EXPECT_EQ(chat->document.text(), body);
}

std::string breach_in(const std::string& body)
{
    const auto chat = parse_chat_request(body);
    return chat ? "none" : chat.error().param;
}

TEST(ChatRequest, last_of_duplicate_fields_counts)
{
    const auto chat = parse_chat_request(with(R"("model":"a","n":2,"n":4,"model":"b")"));
    ASSERT_TRUE(chat);
    EXPECT_EQ(chat->model, "b");
    EXPECT_EQ(chat->needs.n, 4);
}

TEST(ChatRequest, a_last_null_takes_a_field_back)
{
    const auto gone = parse_chat_request("{" + messages + R"(,"messages":null})");
    ASSERT_FALSE(gone);
    EXPECT_EQ(gone.error().message, "messages is required");
    EXPECT_TRUE(parse_chat_request(R"({"messages":null,)" + messages + "}"));

    const auto chat = *parse_chat_request(with(R"("model":"m","model":null,"n":2,"n":null)"));
    EXPECT_EQ(chat.model, "");
    EXPECT_EQ(chat.needs.n, 1);
}

TEST(ChatRequest, every_duplicate_is_checked)
{
    EXPECT_EQ(breach_in(with(R"("temperature":9,"temperature":1)")), "temperature");
    EXPECT_EQ(breach_in(R"({"messages":[],)" + messages + "}"), "messages");
    EXPECT_EQ(
        breach_in(
            R"({"messages":[{"role":"system","role":"user","content":[{"type":"file","file":{}}]}]})"
        ),
        "messages[0].content[0].type"
    );
    EXPECT_EQ(
        breach_in(with(R"("tools":[{"type":"function","type":"custom","custom":{"name":"c"}}])")),
        "tools[0].function"
    );
}

TEST(ChatRequest, takes_any_of_mistral_for_required)
{
    const auto chat = parse_chat_request(with(R"("tool_choice" : "any","x":1)"));
    ASSERT_TRUE(chat);
    EXPECT_EQ(chat->document.text(), with(R"("tool_choice" : "required","x":1)"));
}

TEST(ChatRequest, unknown_fields_pass)
{
    EXPECT_TRUE(parse_chat_request(with(R"("safe_prompt":false,"logit_bias":{"1":-100},"store":[])")
    ));
}

TEST(ChatRequest, text_that_is_no_json_is_malformed)
{
    const std::string too_deep = with("\"x\":" + std::string(40, '[') + std::string(40, ']'));
    for (const std::string& body :
         {std::string(),
          std::string("{"),
          std::string("hi"),
          with("\"user\":\"\xFF\""),
          too_deep,
          with("") + "x"}) {
        const auto chat = parse_chat_request(body);
        ASSERT_FALSE(chat) << body;
        EXPECT_EQ(chat.error().kind, ErrorKind::malformed) << body;
        EXPECT_EQ(status_of(chat.error()), 400) << body;
    }
}

TEST(ChatRequest, json_that_is_no_object_breaks_a_rule)
{
    EXPECT_EQ(parse_chat_request("[]").error().kind, ErrorKind::invalid_request);
}

TEST(ChatRequest, errors_never_repeat_text)
{
    for (const std::string& body :
         {with(R"("verbosity":"secret")"),
          with(R"("tool_choice":"secret")"),
          with(R"("tools":[{"type":"function","function":{"name":"secret words"}}])"),
          std::string(R"({"messages":[{"role":"secret","content":"secret"}]})"),
          std::string(
              R"({"messages":[{"role":"system","content":[{"type":"file","file":{"file_data":"secret"}}]}]})"
          )}) {
        const auto chat = parse_chat_request(body);
        ASSERT_FALSE(chat) << body;
        EXPECT_EQ(chat.error().message.find("secret"), std::string::npos) << chat.error().message;
    }
}

}  // namespace
}  // namespace sluice
