#include "providers/mistral/mistral.hpp"

#include "providers/mistral/ids.hpp"
#include "support/provider_cases.hpp"

#include <boost/json/parse.hpp>
#include <gmock/gmock.h>

namespace sluice::test {
namespace {

using boost::json::value;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const mistral::Translator translator;

class MistralRequest : public testing::TestWithParam<Fixture> {};
TEST_P(MistralRequest, has_only_what_mistral_takes)
{
    expect_encodes(GetParam());
}
INSTANTIATE_TEST_SUITE_P(
    fixtures, MistralRequest, testing::ValuesIn(fixtures("mistral", "client.json")), fixture_name
);

class MistralAnswer : public testing::TestWithParam<Fixture> {};
TEST_P(MistralAnswer, becomes_canonical)
{
    expect_decodes(GetParam());
}
INSTANTIATE_TEST_SUITE_P(
    fixtures, MistralAnswer, testing::ValuesIn(fixtures("mistral", "expected.json")), fixture_name
);

class MistralStream : public testing::TestWithParam<Fixture> {};
TEST_P(MistralStream, becomes_canonical_deltas)
{
    expect_replays(GetParam());
}
INSTANTIATE_TEST_SUITE_P(
    fixtures,
    MistralStream,
    testing::ValuesIn(fixtures("mistral", "upstream_response.sse")),
    fixture_name
);

/// A request with these members besides one user message.
ChatRequest chat_with(std::string_view members)
{
    return chat_of(concat(
        R"({"messages":[{"role":"user","content":"hi"}])", members.empty() ? "" : ",", members, "}"
    ));
}

ChatRequest chat_about(std::string_view messages)
{
    return chat_of(concat(R"({"messages":)", messages, "}"));
}

Result<Call> encode(
    const ChatRequest& chat,
    std::string_view model = "mistral-small-latest",
    std::vector<std::string> left_out = {}
)
{
    const Target target("mistral", model, {});
    return translator.encode(chat, target.deployment, left_out);
}

value body_of(const Result<Call>& call)
{
    return boost::json::parse(call.value().request.body);
}

struct FieldCase {
    const char* name;
    const char* model;
    const char* given;    // members of the request
    const char* sent;     // members of the body besides model and messages
    const char* warning;  // the field it begins with; "": none
};
void PrintTo(const FieldCase& c, std::ostream* out)
{
    *out << c.given;
}

class MistralField : public testing::TestWithParam<FieldCase> {};

TEST_P(MistralField, is_sent_as_mistral_takes_it)
{
    const auto& param = GetParam();
    const auto call = encode(chat_with(param.given), param.model);
    ASSERT_TRUE(call) << call.error().message;
    auto sent = body_of(call).as_object();
    EXPECT_EQ(sent.at("model"), param.model);
    sent.erase("model");
    sent.erase("messages");
    EXPECT_EQ(value(sent), boost::json::parse(concat("{", param.sent, "}")));
    if (*param.warning == '\0')
        EXPECT_THAT(call->warnings, IsEmpty());
    else
        EXPECT_THAT(call->warnings, ElementsAre(testing::StartsWith(param.warning)));
}

constexpr const char* small = "mistral-small-latest";
constexpr const char* large = "mistral-large-4";
INSTANTIATE_TEST_SUITE_P(
    table,
    MistralField,
    testing::Values(
        FieldCase{"temperature", small, R"("temperature":0.7)", R"("temperature":0.7)", ""},
        FieldCase{
            "temperature_too_high",
            small,
            R"("temperature":1.8)",
            R"("temperature":1.5)",
            "temperature: 1.8"
        },
        FieldCase{"max_tokens", small, R"("max_tokens":5)", R"("max_tokens":5)", ""},
        FieldCase{
            "max_completion_tokens", small, R"("max_completion_tokens":5)", R"("max_tokens":5)", ""
        },
        FieldCase{"seed", small, R"("seed":7)", R"("random_seed":7)", ""},
        FieldCase{"negative_seed", small, R"("seed":-7)", "", "seed"},
        FieldCase{
            "as_is",
            small,
            R"("top_p":0.5,"presence_penalty":1,"frequency_penalty":-1,"n":2,"stop":["a"],"parallel_tool_calls":false,"metadata":{"a":"b"},"prompt_cache_key":"k")",
            R"("top_p":0.5,"presence_penalty":1,"frequency_penalty":-1,"n":2,"stop":["a"],"parallel_tool_calls":false,"metadata":{"a":"b"},"prompt_cache_key":"k")",
            ""
        },
        FieldCase{
            "mistrals_own",
            small,
            R"("safe_prompt":true,"random_seed":3,"prompt_mode":"reasoning")",
            R"("safe_prompt":true,"random_seed":3,"prompt_mode":"reasoning")",
            ""
        },
        FieldCase{
            "null", small, R"("temperature":null,"store":null,"user":null,"tools":null)", "", ""
        },
        FieldCase{
            "stream",
            small,
            R"("stream":true,"stream_options":{"include_usage":true})",
            R"("stream":true)",
            ""
        },
        FieldCase{"store", small, R"("store":true)", "", "store"},
        FieldCase{"store_off", small, R"("store":false)", "", ""},
        FieldCase{"user", small, R"("user":"u")", "", "user"},
        FieldCase{
            "safety_identifier", small, R"("safety_identifier":"u")", "", "safety_identifier"
        },
        FieldCase{"verbosity", small, R"("verbosity":"low")", "", "verbosity"},
        FieldCase{"logit_bias", small, R"("logit_bias":{"1":2})", "", "logit_bias"},
        FieldCase{"unknown", small, R"("surprise":1)", "", "surprise"},
        FieldCase{"gateway_field", small, R"("sessionId":"s")", "", ""},
        FieldCase{"logprobs_off", small, R"("logprobs":false,"modalities":["text"])", "", ""},
        FieldCase{
            "service_tier", small, R"("service_tier":"auto")", R"("service_tier":"auto")", ""
        },
        FieldCase{"service_tier_of_another", small, R"("service_tier":"flex")", "", "service_tier"},
        FieldCase{
            "prediction",
            small,
            R"("prediction":{"type":"content","content":"x"})",
            R"("prediction":{"type":"content","content":"x"})",
            ""
        },
        FieldCase{
            "prediction_in_parts",
            small,
            R"("prediction":{"type":"content","content":[{"type":"text","text":"x"}]})",
            "",
            "prediction"
        },
        FieldCase{
            "effort_accepted",
            small,
            R"("reasoning_effort":"high")",
            R"("reasoning_effort":"high")",
            ""
        },
        FieldCase{
            "effort_clamped_down",
            small,
            R"("reasoning_effort":"minimal")",
            R"("reasoning_effort":"none")",
            "reasoning_effort: minimal"
        },
        FieldCase{
            "effort_clamped_up",
            small,
            R"("reasoning_effort":"medium")",
            R"("reasoning_effort":"high")",
            "reasoning_effort: medium"
        },
        FieldCase{
            "effort_of_medium",
            "mistral-medium-latest",
            R"("reasoning_effort":"xhigh")",
            R"("reasoning_effort":"high")",
            "reasoning_effort: xhigh"
        },
        FieldCase{
            "effort_of_large_4",
            large,
            R"("reasoning_effort":"medium")",
            R"("reasoning_effort":"medium")",
            ""
        },
        FieldCase{
            "effort_none_of_large_4",
            large,
            R"("reasoning_effort":"none")",
            R"("reasoning_effort":"low")",
            "reasoning_effort: none"
        },
        FieldCase{
            "effort_without_reasoning",
            "mistral-large-latest",
            R"("reasoning_effort":"high")",
            "",
            "reasoning_effort"
        },
        FieldCase{
            "effort_of_an_older_small",
            "mistral-small-2506",
            R"("reasoning_effort":"high")",
            "",
            "reasoning_effort"
        },
        FieldCase{
            "json_mode",
            small,
            R"("response_format":{"type":"json_object"})",
            R"("response_format":{"type":"json_object"})",
            ""
        },
        FieldCase{
            "json_schema",
            small,
            R"("response_format":{"type":"json_schema","json_schema":{"name":"n","strict":true,"description":null,"schema":{"type":"object"},"other":1}})",
            R"("response_format":{"type":"json_schema","json_schema":{"name":"n","strict":true,"schema":{"type":"object"}}})",
            ""
        },
        FieldCase{
            "tools",
            small,
            R"("tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object"},"strict":true,"other":1},"cache_control":{}},{"type":"function","function":{"name":"g","strict":null}}])",
            R"("tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object"},"strict":true}},{"type":"function","function":{"name":"g","parameters":{"type":"object","properties":{}}}}])",
            ""
        },
        FieldCase{
            "own_tools",
            small,
            R"("tools":[{"type":"web_search"}])",
            R"("tools":[{"type":"web_search"}])",
            ""
        },
        FieldCase{
            "tool_choice_word", small, R"("tool_choice":"none")", R"("tool_choice":"none")", ""
        },
        FieldCase{
            "tool_choice_required",
            small,
            R"("tool_choice":"required")",
            R"("tool_choice":"any")",
            ""
        },
        FieldCase{
            "tool_choice_function",
            small,
            R"("tool_choice":{"type":"function","function":{"name":"f"}})",
            R"("tool_choice":{"type":"function","function":{"name":"f"}})",
            ""
        },
        FieldCase{
            "allowed_tools",
            small,
            R"("tools":[{"type":"function","function":{"name":"f","parameters":{}}},{"type":"function","function":{"name":"g","parameters":{}}}],"tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"required","tools":[{"type":"function","function":{"name":"g"}}]}})",
            R"("tools":[{"type":"function","function":{"name":"g","parameters":{}}}],"tool_choice":"any")",
            ""
        }
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

class MistralUnfit : public testing::TestWithParam<UnfitCase> {};

TEST_P(MistralUnfit, is_refused_naming_the_field_and_the_model)
{
    const auto call = encode(chat_of(GetParam().given));
    ASSERT_FALSE(call);
    EXPECT_EQ(call.error().kind, ErrorKind::unfit);
    EXPECT_EQ(call.error().param, GetParam().param);
    EXPECT_THAT(call.error().message, HasSubstr("mistral-small-latest"));
}

INSTANTIATE_TEST_SUITE_P(
    table,
    MistralUnfit,
    testing::Values(
        UnfitCase{"logprobs", R"({"messages":[],"logprobs":true})", "logprobs"},
        UnfitCase{
            "audio_answers", R"({"messages":[],"modalities":["text","audio"]})", "modalities"
        },
        UnfitCase{
            "custom_tool",
            R"({"messages":[],"tools":[{"type":"function","function":{"name":"f"}},{"type":"custom","custom":{"name":"c"}}]})",
            "tools.1"
        },
        UnfitCase{
            "custom_tool_choice",
            R"({"messages":[],"tool_choice":{"type":"custom","custom":{"name":"c"}}})",
            "tool_choice"
        },
        UnfitCase{
            "custom_tool_call",
            R"({"messages":[{"role":"assistant","tool_calls":[{"id":"1","type":"custom","custom":{"name":"c","input":""}}]}]})",
            "messages.0.tool_calls.0"
        },
        UnfitCase{"old_functions", R"({"messages":[],"functions":[{"name":"f"}]})", "functions"},
        UnfitCase{"web_search", R"({"messages":[],"web_search_options":{}})", "web_search_options"},
        UnfitCase{
            "spoken_history",
            R"({"messages":[{"role":"assistant","audio":{"id":"a"}}]})",
            "messages.0.audio"
        },
        UnfitCase{
            "foreign_file",
            R"({"messages":[{"role":"user","content":[{"type":"file","file":{"file_id":"file-abc"}}]}]})",
            "messages.0.content.0.file.file_id"
        },
        UnfitCase{
            "unknown_part",
            R"({"messages":[{"role":"user","content":[{"type":"text","text":""},{"type":"video","video":{}}]}]})",
            "messages.0.content.1"
        }
    ),
    [](const auto& info) { return info.param.name; }
);

struct MessagesCase {
    const char* name;
    const char* model;
    const char* given;
    const char* sent;
    const char* warning;
};
void PrintTo(const MessagesCase& c, std::ostream* out)
{
    *out << c.given;
}

class MistralMessages : public testing::TestWithParam<MessagesCase> {};

TEST_P(MistralMessages, are_sent_as_mistral_takes_them)
{
    const auto& param = GetParam();
    const auto call = encode(chat_about(param.given), param.model);
    ASSERT_TRUE(call) << call.error().message;
    EXPECT_EQ(body_of(call).at("messages"), boost::json::parse(param.sent));
    if (*param.warning == '\0')
        EXPECT_THAT(call->warnings, IsEmpty());
    else
        EXPECT_THAT(call->warnings, ElementsAre(testing::StartsWith(param.warning)));
}

INSTANTIATE_TEST_SUITE_P(
    table,
    MistralMessages,
    testing::Values(
        MessagesCase{
            "developer",
            small,
            R"([{"role":"developer","content":"d"},{"role":"user","content":"u"}])",
            R"([{"role":"system","content":"d"},{"role":"user","content":"u"}])",
            ""
        },
        MessagesCase{
            "later_system",
            small,
            R"([{"role":"system","content":"1"},{"role":"user","content":"u"},{"role":"developer","content":"2"},{"role":"user","content":"v"}])",
            R"([{"role":"system","content":"1"},{"role":"system","content":"2"},{"role":"user","content":"u"},{"role":"user","content":"v"}])",
            "messages: later system messages"
        },
        MessagesCase{
            "name",
            small,
            R"([{"role":"user","content":"u","name":"bob"},{"role":"user","content":"v","name":"eve"}])",
            R"([{"role":"user","content":"u"},{"role":"user","content":"v"}])",
            "messages.name"
        },
        MessagesCase{
            "answer_fields_without_content",
            small,
            R"([{"role":"assistant","content":"a","refusal":null,"annotations":[],"tool_calls":null},{"role":"user","content":"u"}])",
            R"([{"role":"assistant","content":"a"},{"role":"user","content":"u"}])",
            ""
        },
        MessagesCase{
            "refusal",
            small,
            R"([{"role":"assistant","content":null,"refusal":"no"},{"role":"user","content":"u"}])",
            R"([{"role":"assistant","content":"no"},{"role":"user","content":"u"}])",
            ""
        },
        MessagesCase{
            "reasoning_of_a_model_that_reasons",
            small,
            R"([{"role":"assistant","content":"a","reasoning_content":"r"},{"role":"user","content":"u"}])",
            R"([{"role":"assistant","content":[{"type":"thinking","thinking":[{"type":"text","text":"r"}]},{"type":"text","text":"a"}]},{"role":"user","content":"u"}])",
            ""
        },
        MessagesCase{
            "reasoning_of_one_that_does_not",
            "mistral-large-latest",
            R"([{"role":"assistant","content":"a","reasoning_content":"r"},{"role":"user","content":"u"}])",
            R"([{"role":"assistant","content":"a"},{"role":"user","content":"u"}])",
            "messages.reasoning_content"
        },
        MessagesCase{
            "tool_calls",
            small,
            R"([{"role":"assistant","content":null,"tool_calls":[{"id":"D681PevKs","type":"function","index":0,"function":{"name":"f","arguments":"{\"a\":1}"}}]},{"role":"tool","tool_call_id":"D681PevKs","content":"r","name":"f"}])",
            R"([{"role":"assistant","content":"","tool_calls":[{"id":"D681PevKs","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}}]},{"role":"tool","tool_call_id":"D681PevKs","content":"r","name":"f"}])",
            ""
        },
        MessagesCase{
            "user_after_tool",
            small,
            R"([{"role":"tool","tool_call_id":"D681PevKs","content":null},{"role":"user","content":"u"}])",
            R"([{"role":"tool","tool_call_id":"D681PevKs","content":""},{"role":"assistant","content":"OK"},{"role":"user","content":"u"}])",
            ""
        },
        MessagesCase{
            "system_between_tool_and_user",
            small,
            R"([{"role":"tool","tool_call_id":"D681PevKs","content":"r"},{"role":"system","content":"s"},{"role":"user","content":"u"}])",
            R"([{"role":"system","content":"s"},{"role":"tool","tool_call_id":"D681PevKs","content":"r"},{"role":"assistant","content":"OK"},{"role":"user","content":"u"}])",
            "messages: later system messages"
        },
        MessagesCase{
            "assistant_last",
            small,
            R"([{"role":"user","content":"u"},{"role":"assistant","content":"So"}])",
            R"([{"role":"user","content":"u"},{"role":"assistant","content":"So","prefix":true}])",
            ""
        },
        MessagesCase{
            "prefix_elsewhere",
            small,
            R"([{"role":"assistant","content":"a","prefix":false},{"role":"user","content":"u"}])",
            R"([{"role":"assistant","content":"a"},{"role":"user","content":"u"}])",
            ""
        },
        MessagesCase{
            "parts",
            small,
            R"([{"role":"user","content":[{"type":"text","text":"t","prompt_cache_breakpoint":{}},{"type":"image_url","image_url":{"url":"https://x/i.png","detail":"low"}},{"type":"input_audio","input_audio":{"data":"QUJD","format":"wav"}},{"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,QUJD"}},{"type":"file","file":{"file_data":"QUJD"}},{"type":"file","file":{"file_id":"0d93cd05-3f4c-4b3c-a627-ccd07cf2f18c"}}]}])",
            R"([{"role":"user","content":[{"type":"text","text":"t"},{"type":"image_url","image_url":{"url":"https://x/i.png","detail":"low"}},{"type":"input_audio","input_audio":"QUJD"},{"type":"document_url","document_url":"data:application/pdf;base64,QUJD","document_name":"a.pdf"},{"type":"document_url","document_url":"data:application/pdf;base64,QUJD"},{"type":"file","file_id":"0d93cd05-3f4c-4b3c-a627-ccd07cf2f18c"}]}])",
            ""
        },
        MessagesCase{
            "finest_detail",
            small,
            R"([{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://x/i.png","detail":"original"}}]}])",
            R"([{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://x/i.png","detail":"high"}}]}])",
            "image_url.detail: original"
        }
    ),
    [](const auto& info) { return info.param.name; }
);

TEST(MistralCall, goes_to_the_chat_endpoint_with_the_key)
{
    const auto call = encode(chat_with(""));
    EXPECT_EQ(call->request.method, "POST");
    EXPECT_EQ(call->request.target, "/v1/chat/completions");
    EXPECT_EQ(find_header(call->request.headers, "Authorization"), "Bearer sk-test");
}

TEST(MistralCall, defaults_stand_in_for_what_the_caller_left_out)
{
    Target target("mistral", "mistral-small-latest", {});
    target.deployment.default_max_tokens = "1024";
    target.deployment.default_temperature = "0.7";
    const auto defaults = body_of(translator.encode(chat_with(""), target.deployment, {}));
    EXPECT_EQ(defaults.at("max_tokens"), 1024);
    EXPECT_EQ(defaults.at("temperature"), 0.7);

    const auto own = chat_with(R"("max_tokens":5,"temperature":0)");
    const auto given = body_of(translator.encode(own, target.deployment, {}));
    EXPECT_EQ(given.at("max_tokens"), 5);
    EXPECT_EQ(given.at("temperature"), 0);

    const std::vector<std::string> refused{"temperature"};
    const auto without = translator.encode(chat_with(""), target.deployment, refused);
    EXPECT_FALSE(body_of(without).as_object().contains("temperature"));
    EXPECT_THAT(without->warnings, IsEmpty());
}

TEST(MistralCall, leaves_out_what_the_configuration_says_is_rejected)
{
    DialectOptions dialect;
    dialect.unsupported = {"top_p", "n", "temperature"};
    Target target("mistral", "mistral-small-latest", dialect);
    target.deployment.default_temperature = "0.7";
    const auto tuned = translator.encode(chat_with(R"("top_p":0.5,"n":1)"), target.deployment, {});
    for (const auto* refused : {"top_p", "n", "temperature"})
        EXPECT_FALSE(body_of(tuned).as_object().contains(refused)) << refused;
    EXPECT_THAT(tuned->warnings, testing::Contains(testing::StartsWith("top_p")));
    const auto meant = translator.encode(chat_with(R"("n":2)"), target.deployment, {});
    ASSERT_FALSE(meant);
    EXPECT_EQ(meant.error().param, "n");
}

TEST(MistralCall, leaves_out_what_was_refused_before)
{
    auto chat = chat_about(
        R"([{"role":"user","content":[{"type":"image_url","image_url":{"url":"u","detail":"low"}}]}])"
    );
    const auto nested = encode(chat, small, {"messages.0.content.0.image_url.detail"});
    EXPECT_EQ(
        body_of(nested).at("messages"),
        boost::json::parse(
            R"([{"role":"user","content":[{"type":"image_url","image_url":{"url":"u"}}]}])"
        )
    );
    EXPECT_THAT(nested->warnings, ElementsAre(HasSubstr("messages.0.content.0.image_url.detail")));

    const auto top = encode(chat_with(R"("metadata":{"a":"b"})"), small, {"metadata", "store"});
    EXPECT_FALSE(body_of(top).as_object().contains("metadata"));
    EXPECT_THAT(top->warnings, ElementsAre(testing::StartsWith("metadata")));

    const auto meant = encode(
        chat_with(R"("response_format":{"type":"json_object"})"), small, {"response_format"}
    );
    ASSERT_FALSE(meant);
    EXPECT_EQ(meant.error().kind, ErrorKind::unfit);
}

struct EmbeddingsCase {
    const char* name;
    const char* model;
    const char* given;
    const char* sent;     // the body; "": unfit
    const char* warning;  // the field it begins with; "": none
};
void PrintTo(const EmbeddingsCase& c, std::ostream* out)
{
    *out << c.given;
}

class MistralEmbeddings : public testing::TestWithParam<EmbeddingsCase> {};

TEST_P(MistralEmbeddings, are_asked_for_as_mistral_takes_it)
{
    const auto& param = GetParam();
    EmbeddingsRequest request;
    request.document = *json::Document::parse(param.given);
    if (const auto size = request.document.find("dimensions"))
        request.dimensions = json::as_integer(*size);
    request.token_input = request.document.find("input")->starts_with("[1");
    const Target target("mistral", param.model, {});
    const auto call = translator.encode_embeddings(request, target.deployment, {});
    if (*param.sent == '\0') {
        ASSERT_FALSE(call);
        EXPECT_EQ(call.error().kind, ErrorKind::unfit);
        EXPECT_EQ(call.error().param, param.warning);
        return;
    }
    ASSERT_TRUE(call) << call.error().message;
    EXPECT_EQ(call->request.target, "/v1/embeddings");
    EXPECT_EQ(body_of(call), boost::json::parse(param.sent));
    if (*param.warning == '\0')
        EXPECT_THAT(call->warnings, IsEmpty());
    else
        EXPECT_THAT(call->warnings, ElementsAre(testing::StartsWith(param.warning)));
}

constexpr const char* embed = "mistral-embed";
constexpr const char* sized = "codestral-embed";
INSTANTIATE_TEST_SUITE_P(
    table,
    MistralEmbeddings,
    testing::Values(
        EmbeddingsCase{
            "texts",
            embed,
            R"({"input":["a","b"],"model":"x","encoding_format":"base64"})",
            R"({"model":"mistral-embed","input":["a","b"],"encoding_format":"float"})",
            ""
        },
        EmbeddingsCase{
            "user",
            embed,
            R"({"input":"a","user":"u"})",
            R"({"model":"mistral-embed","input":"a","encoding_format":"float"})",
            "user"
        },
        EmbeddingsCase{
            "its_only_size",
            embed,
            R"({"input":"a","dimensions":1024})",
            R"({"model":"mistral-embed","input":"a","encoding_format":"float"})",
            ""
        },
        EmbeddingsCase{
            "another_size", embed, R"({"input":"a","dimensions":512})", "", "dimensions"
        },
        EmbeddingsCase{
            "chosen_size",
            sized,
            R"({"input":"a","dimensions":512})",
            R"({"model":"codestral-embed","input":"a","output_dimension":512,"encoding_format":"float"})",
            ""
        },
        EmbeddingsCase{
            "too_large_a_size", sized, R"({"input":"a","dimensions":4096})", "", "dimensions"
        },
        EmbeddingsCase{
            "mistrals_own",
            sized,
            R"({"input":"a","output_dimension":8,"metadata":{"a":1}})",
            R"({"model":"codestral-embed","input":"a","metadata":{"a":1},"output_dimension":8,"encoding_format":"float"})",
            ""
        },
        EmbeddingsCase{"token_ids", embed, R"({"input":[1,2]})", "", "input"}
    ),
    [](const auto& info) { return info.param.name; }
);

TEST(MistralToolIds, are_nine_letters_and_digits_and_the_same_in_every_request)
{
    mistral::ToolIds first, second;
    const std::string sent(first.map("call_Ab12Cd34Ef56Gh78Ij90Kl12"));
    EXPECT_THAT(sent, testing::MatchesRegex("[A-Za-z0-9]{9}"));
    EXPECT_EQ(second.map("call_Ab12Cd34Ef56Gh78Ij90Kl12"), sent);
    EXPECT_NE(second.map("call_other"), sent);
    EXPECT_EQ(second.map("D681PevKs"), "D681PevKs");
    EXPECT_NE(second.map("D681PevK"), "D681PevK");
}

TEST(MistralToolIds, of_two_different_calls_never_meet)
{
    mistral::ToolIds ids;
    const std::string sent(ids.map("call_1"));
    const std::string other(ids.map(sent));  // of the right form, but taken
    EXPECT_NE(other, sent);
    EXPECT_THAT(other, testing::MatchesRegex("[A-Za-z0-9]{9}"));
    EXPECT_EQ(ids.map(sent), other);
    EXPECT_EQ(ids.map("call_1"), sent);
}

TEST(MistralToolIds, join_a_result_to_its_call)
{
    const auto call = encode(chat_about(
        R"([{"role":"assistant","content":"","tool_calls":[{"id":"call_1","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"call_1","content":"r"}])"
    ));
    const auto messages = body_of(call).at("messages");
    EXPECT_EQ(messages.at(0).at("tool_calls").at(0).at("id"), messages.at(1).at("tool_call_id"));
    EXPECT_EQ(messages.at(1).at("tool_call_id").as_string().size(), 9);
}

}  // namespace
}  // namespace sluice::test
