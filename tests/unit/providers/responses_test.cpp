#include "providers/openai/responses.hpp"

#include "support/provider_cases.hpp"

#include <boost/json/parse.hpp>
#include <gmock/gmock.h>

namespace sluice::test {
namespace {

using boost::json::value;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Result<Call> encode(
    const ChatRequest& chat, std::string_view model, std::vector<std::string> left_out = {}
)
{
    const Target target("openai", model, {});
    return openai::encode_responses(chat, target.deployment, left_out, openai::rules_for(model));
}

class ResponsesRequest : public testing::TestWithParam<Fixture> {};
TEST_P(ResponsesRequest, says_the_same_as_the_chat_request)
{
    const auto chat = chat_of(GetParam().read("client.json"));
    const auto call = encode(chat, chat.model);
    const auto ours = to_json(call);
    EXPECT_EQ(value_of(ours), value_of(GetParam().read("upstream_request.json"))) << ours;
}
INSTANTIATE_TEST_SUITE_P(
    fixtures,
    ResponsesRequest,
    testing::ValuesIn(fixtures("openai_responses", "client.json")),
    fixture_name
);

class ResponsesAnswer : public testing::TestWithParam<Fixture> {};
TEST_P(ResponsesAnswer, becomes_a_chat_answer)
{
    const auto body = GetParam().read("upstream_response.json");
    const auto ours = to_json(openai::responses_reader().decode(body));
    EXPECT_EQ(value_of(ours), value_of(GetParam().read("expected.json"))) << ours;
}
INSTANTIATE_TEST_SUITE_P(
    fixtures,
    ResponsesAnswer,
    testing::ValuesIn(fixtures("openai_responses", "upstream_response.json")),
    fixture_name
);

class ResponsesStream : public testing::TestWithParam<Fixture> {};
TEST_P(ResponsesStream, becomes_deltas_of_a_chat_answer)
{
    const auto upstream = GetParam().read("upstream_response.sse");
    const auto& reader = openai::responses_reader();
    const auto expected = GetParam().read("expected.sse");
    EXPECT_EQ(replay(reader, upstream, upstream.size()), expected);
    EXPECT_EQ(replay(reader, upstream, 1), expected) << "byte by byte";
}
INSTANTIATE_TEST_SUITE_P(
    fixtures,
    ResponsesStream,
    testing::ValuesIn(fixtures("openai_responses", "upstream_response.sse")),
    fixture_name
);

struct FieldCase {
    const char* name;
    const char* model;
    const char* given;    // members of the request
    const char* sent;     // members of the body besides model, input and store:false
    const char* warning;  // the field it begins with; "": none
};
void PrintTo(const FieldCase& c, std::ostream* out)
{
    *out << c.given;
}

ChatRequest chat_with(std::string_view members)
{
    return chat_of(concat(R"({"messages":[{"role":"user","content":"hi"}],)", members, "}"));
}

class ResponsesField : public testing::TestWithParam<FieldCase> {};

TEST_P(ResponsesField, is_sent_as_the_responses_api_takes_it)
{
    const auto& param = GetParam();
    const auto call = encode(chat_with(param.given), param.model);
    ASSERT_TRUE(call) << call.error().message;
    auto sent = boost::json::parse(call->request.body).as_object();
    for (const auto* always : {"model", "input"}) sent.erase(always);
    if (sent.at("store") == false) sent.erase("store");
    EXPECT_EQ(value(sent), boost::json::parse(concat("{", param.sent, "}")));
    if (*param.warning == '\0')
        EXPECT_THAT(call->warnings, IsEmpty());
    else
        EXPECT_THAT(call->warnings, ElementsAre(testing::StartsWith(param.warning)));
}

constexpr const char* plain = "gpt-4.1";
constexpr const char* luna = "gpt-6-luna";    // takes sampling at effort none
constexpr const char* astra = "gpt-6-astra";  // never takes it
constexpr const char* gpt_5 = "gpt-5-mini";   // takes the default only
INSTANTIATE_TEST_SUITE_P(
    table,
    ResponsesField,
    testing::Values(
        FieldCase{
            "stream",
            luna,
            R"("stream":true,"stream_options":{"include_usage":true})",
            R"("stream":true)",
            ""
        },
        FieldCase{
            "obfuscation",
            luna,
            R"("stream":true,"stream_options":{"include_obfuscation":false})",
            R"("stream":true,"stream_options":{"include_obfuscation":false})",
            ""
        },
        FieldCase{"store", luna, R"("store":true)", R"("store":true)", ""},
        FieldCase{"max_tokens", luna, R"("max_tokens":100)", R"("max_output_tokens":100)", ""},
        FieldCase{
            "few_tokens",
            luna,
            R"("max_completion_tokens":5)",
            R"("max_output_tokens":16)",
            "max_tokens: 5"
        },
        FieldCase{"null", luna, R"("temperature":null,"stop":null,"user":null)", "", ""},
        FieldCase{
            "temperature",
            plain,
            R"("temperature":0.2,"top_p":0.5)",
            R"("temperature":0.2,"top_p":0.5)",
            ""
        },
        FieldCase{
            "temperature_without_reasoning",
            luna,
            R"("reasoning_effort":"none","temperature":0.2)",
            R"("reasoning":{"effort":"none"},"temperature":0.2)",
            ""
        },
        FieldCase{"temperature_with_reasoning", luna, R"("temperature":0.2)", "", "temperature"},
        FieldCase{"temperature_never", astra, R"("temperature":1)", "", "temperature"},
        FieldCase{"default_temperature", gpt_5, R"("temperature":1.0)", R"("temperature":1)", ""},
        FieldCase{"other_temperature", gpt_5, R"("temperature":0.5)", "", "temperature"},
        FieldCase{
            "effort", luna, R"("reasoning_effort":"low")", R"("reasoning":{"effort":"low"})", ""
        },
        FieldCase{
            "effort_clamped",
            astra,
            R"("reasoning_effort":"none")",
            R"("reasoning":{"effort":"low"})",
            "reasoning_effort: none"
        },
        FieldCase{
            "effort_max",
            astra,
            R"("reasoning_effort":"max")",
            R"("reasoning":{"effort":"max"})",
            ""
        },
        FieldCase{"effort_of_none", plain, R"("reasoning_effort":"low")", "", "reasoning_effort"},
        FieldCase{
            "effort_of_the_unknown",
            "new-model",
            R"("reasoning_effort":"minimal")",
            R"("reasoning":{"effort":"minimal"})",
            ""
        },
        FieldCase{
            "effort_beside_a_summary",
            luna,
            R"("reasoning":{"summary":"auto"},"reasoning_effort":"low")",
            R"("reasoning":{"summary":"auto","effort":"low"})",
            ""
        },
        FieldCase{"verbosity", luna, R"("verbosity":"low")", R"("text":{"verbosity":"low"})", ""},
        FieldCase{"verbosity_of_none", plain, R"("verbosity":"low")", "", "verbosity"},
        FieldCase{
            "json_mode",
            luna,
            R"("response_format":{"type":"json_object"})",
            R"("text":{"format":{"type":"json_object"}})",
            ""
        },
        FieldCase{
            "json_schema",
            luna,
            R"("verbosity":"low","response_format":{"type":"json_schema","json_schema":{"name":"n","description":"d","schema":{},"strict":true}})",
            R"("text":{"verbosity":"low","format":{"type":"json_schema","name":"n","description":"d","schema":{},"strict":true}})",
            ""
        },
        FieldCase{
            "tool",
            luna,
            R"("tools":[{"type":"function","function":{"name":"f"}}])",
            R"("tools":[{"type":"function","name":"f","parameters":{"type":"object","properties":{}},"strict":false}])",
            ""
        },
        FieldCase{
            "strict_tool",
            luna,
            R"("tools":[{"type":"function","function":{"name":"f","parameters":{},"strict":true}}])",
            R"("tools":[{"type":"function","name":"f","parameters":{},"strict":true}])",
            ""
        },
        FieldCase{
            "custom_tool",
            luna,
            R"("tools":[{"type":"custom","custom":{"name":"c","format":{"type":"text"}}}])",
            R"("tools":[{"type":"custom","name":"c","format":{"type":"text"}}])",
            ""
        },
        FieldCase{
            "hosted_tool",
            luna,
            R"("tools":[{"type":"web_search"}])",
            R"("tools":[{"type":"web_search"}])",
            ""
        },
        FieldCase{
            "tool_choice_word",
            luna,
            R"("tool_choice":"required")",
            R"("tool_choice":"required")",
            ""
        },
        FieldCase{
            "tool_choice_function",
            luna,
            R"("tool_choice":{"type":"function","function":{"name":"f"}})",
            R"("tool_choice":{"type":"function","name":"f"})",
            ""
        },
        FieldCase{
            "tool_choice_custom",
            luna,
            R"("tool_choice":{"type":"custom","custom":{"name":"c"}})",
            R"("tool_choice":{"type":"custom","name":"c"})",
            ""
        },
        FieldCase{
            "parallel_tool_calls",
            luna,
            R"("parallel_tool_calls":false)",
            R"("parallel_tool_calls":false)",
            ""
        },
        FieldCase{
            "parallel_tool_calls_of_o3",
            "o3",
            R"("parallel_tool_calls":false)",
            "",
            "parallel_tool_calls"
        },
        FieldCase{
            "as_is",
            luna,
            R"("metadata":{"a":"b"},"user":"u","safety_identifier":"s","service_tier":"flex","prompt_cache_key":"k")",
            R"("metadata":{"a":"b"},"user":"u","safety_identifier":"s","service_tier":"flex","prompt_cache_key":"k")",
            ""
        },
        FieldCase{"stop", luna, R"("stop":["x"])", "", "stop"},
        FieldCase{"seed", luna, R"("seed":1)", "", "seed"},
        FieldCase{"penalty", luna, R"("frequency_penalty":0.5)", "", "frequency_penalty"},
        FieldCase{"no_penalty", luna, R"("frequency_penalty":0.0,"presence_penalty":0)", "", ""},
        FieldCase{"logit_bias", luna, R"("logit_bias":{"1":2})", "", "logit_bias"},
        FieldCase{
            "prediction", luna, R"("prediction":{"type":"content","content":"x"})", "", "prediction"
        },
        FieldCase{"one_choice", luna, R"("n":1,"logprobs":false,"modalities":["text"])", "", ""},
        FieldCase{
            "logprobs",
            plain,
            R"("logprobs":true,"top_logprobs":3)",
            R"("include":["message.output_text.logprobs"],"top_logprobs":3)",
            ""
        },
        FieldCase{
            "its_own_fields",
            luna,
            R"("include":["reasoning.encrypted_content"],"max_tool_calls":3)",
            R"("include":["reasoning.encrypted_content"],"max_tool_calls":3)",
            ""
        },
        FieldCase{"unknown", luna, R"("surprise":1)", "", "surprise"},
        FieldCase{"gateway_field", luna, R"("sessionId":"s")", "", ""}
    ),
    [](const auto& info) { return info.param.name; }
);

struct UnfitCase {
    const char* name;
    const char* given;  // the whole request
    const char* param;
};
void PrintTo(const UnfitCase& c, std::ostream* out)
{
    *out << c.given;
}

class ResponsesUnfit : public testing::TestWithParam<UnfitCase> {};

TEST_P(ResponsesUnfit, is_refused_naming_the_field_and_the_model)
{
    const auto call = encode(chat_of(GetParam().given), luna);
    ASSERT_FALSE(call);
    EXPECT_EQ(call.error().kind, ErrorKind::unfit);
    EXPECT_EQ(call.error().param, GetParam().param);
    EXPECT_THAT(call.error().message, HasSubstr(luna));
}

INSTANTIATE_TEST_SUITE_P(
    table,
    ResponsesUnfit,
    testing::Values(
        UnfitCase{"several_choices", R"({"messages":[],"n":2})", "n"},
        UnfitCase{"logprobs_while_reasoning", R"({"messages":[],"logprobs":true})", "logprobs"},
        UnfitCase{
            "audio_answers",
            R"({"messages":[],"modalities":["text","audio"],"audio":{"voice":"v"}})",
            "modalities"
        },
        UnfitCase{"old_functions", R"({"messages":[],"functions":[{"name":"f"}]})", "functions"},
        UnfitCase{
            "spoken_history",
            R"({"messages":[{"role":"assistant","audio":{"id":"a"}}]})",
            "messages.0.audio"
        },
        UnfitCase{
            "unknown_part",
            R"({"messages":[{"role":"user","content":[{"type":"text","text":""},{"type":"video"}]}]})",
            "messages.0.content.1"
        },
        UnfitCase{
            "unknown_call",
            R"({"messages":[{"role":"assistant","tool_calls":[{"id":"1","type":"new"}]}]})",
            "messages.0.tool_calls.0"
        }
    ),
    [](const auto& info) { return info.param.name; }
);

TEST(ResponsesCall, goes_to_the_responses_endpoint_and_is_read_by_its_reader)
{
    const auto call = encode(chat_of(R"({"messages":[{"role":"user","content":"hi"}]})"), luna);
    EXPECT_EQ(call->request.target, "/v1/responses");
    EXPECT_EQ(call->reader, &openai::responses_reader());
    EXPECT_EQ(
        boost::json::parse(call->request.body),
        boost::json::parse(
            R"({"model":"gpt-6-luna","input":[{"type":"message","role":"user","content":"hi"}],"store":false})"
        )
    );
}

TEST(ResponsesCall, a_configured_temperature_is_left_out_in_silence_where_it_is_refused)
{
    const auto chat = chat_of(R"({"messages":[{"role":"user","content":"hi"}]})");
    const auto sent = [&](std::string_view model) {
        Target target("openai", model, {});
        target.deployment.default_temperature = "0.7";
        target.deployment.default_max_tokens = "1024";
        const auto call =
            openai::encode_responses(chat, target.deployment, {}, openai::rules_for(model)).value();
        EXPECT_THAT(call.warnings, IsEmpty());
        EXPECT_THAT(call.request.body, HasSubstr(R"("max_output_tokens":1024)"));
        return boost::json::parse(call.request.body).as_object().contains("temperature");
    };
    EXPECT_TRUE(sent(plain));
    EXPECT_FALSE(sent(astra));
}

TEST(ResponsesCall, leaves_out_what_was_refused_before)
{
    const auto chat = chat_with(R"("reasoning_effort":"low","metadata":{"a":"b"})");
    const auto call = encode(chat, luna, {"reasoning.effort", "metadata", "never_sent"});
    const auto body = boost::json::parse(call->request.body);
    EXPECT_FALSE(body.as_object().contains("metadata"));
    EXPECT_EQ(body.at("reasoning"), value(boost::json::object()));
    EXPECT_EQ(call->warnings.size(), 2);

    const auto meant =
        encode(chat_with(R"("response_format":{"type":"json_object"})"), luna, {"response_format"});
    EXPECT_FALSE(meant);
}

}  // namespace
}  // namespace sluice::test
