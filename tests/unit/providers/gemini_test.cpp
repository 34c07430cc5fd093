#include "providers/gemini/gemini.hpp"

#include "support/provider_cases.hpp"

#include <boost/json/parse.hpp>
#include <gmock/gmock.h>

#include <set>

namespace sluice::test {
namespace {

using boost::json::value;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const gemini::Translator translator;

class GeminiRequest : public testing::TestWithParam<Fixture> {};
TEST_P(GeminiRequest, has_only_what_gemini_takes)
{
    expect_encodes(GetParam());
}
INSTANTIATE_TEST_SUITE_P(
    fixtures, GeminiRequest, testing::ValuesIn(fixtures("gemini", "client.json")), fixture_name
);

class GeminiAnswer : public testing::TestWithParam<Fixture> {};
TEST_P(GeminiAnswer, becomes_canonical)
{
    expect_decodes(GetParam());
}
INSTANTIATE_TEST_SUITE_P(
    fixtures, GeminiAnswer, testing::ValuesIn(fixtures("gemini", "expected.json")), fixture_name
);

class GeminiStream : public testing::TestWithParam<Fixture> {};
TEST_P(GeminiStream, becomes_canonical_deltas)
{
    expect_replays(GetParam());
}
INSTANTIATE_TEST_SUITE_P(
    fixtures,
    GeminiStream,
    testing::ValuesIn(fixtures("gemini", "upstream_response.sse")),
    fixture_name
);

constexpr const char* latest = "gemini-3.8-flash";
constexpr const char* older = "gemini-2.5-flash";

Result<Call> encode(const ChatRequest& chat, std::string_view model = latest)
{
    const Target target("gemini", model, {});
    return translator.encode(chat, target.deployment, {});
}

/// A request with these members besides one user message.
ChatRequest chat_with(std::string_view members)
{
    return chat_of(concat(
        R"({"messages":[{"role":"user","content":"hi"}])", members.empty() ? "" : ",", members, "}"
    ));
}

value body_of(const Result<Call>& call)
{
    return boost::json::parse(call.value().request.body);
}

struct FieldCase {
    const char* name;
    const char* model;
    const char* given;    // members of the request
    const char* sent;     // members of the body besides contents
    const char* warning;  // what it begins with; "": none
};
void PrintTo(const FieldCase& c, std::ostream* out)
{
    *out << c.given;
}

class GeminiField : public testing::TestWithParam<FieldCase> {};

TEST_P(GeminiField, is_sent_as_gemini_takes_it)
{
    const auto& param = GetParam();
    const auto call = encode(chat_with(param.given), param.model);
    ASSERT_TRUE(call) << call.error().message;
    auto sent = body_of(call).as_object();
    sent.erase("contents");
    EXPECT_EQ(value(sent), boost::json::parse(concat("{", param.sent, "}")));
    if (*param.warning == '\0')
        EXPECT_THAT(call->warnings, IsEmpty());
    else
        EXPECT_THAT(call->warnings, ElementsAre(testing::StartsWith(param.warning)));
}

#define TWO_TOOLS \
    R"("tools":[{"type":"function","function":{"name":"f"}},{"type":"function","function":{"name":"g"}}])"
#define BOTH_DECLARED R"("tools":[{"functionDeclarations":[{"name":"f"},{"name":"g"}]}])"

INSTANTIATE_TEST_SUITE_P(
    table,
    GeminiField,
    testing::Values(
        FieldCase{
            "sampling",
            latest,
            R"("temperature":0,"top_p":0.5,"top_k":3,"seed":-7)",
            R"("generationConfig":{"temperature":0,"topP":0.5,"topK":3,"seed":-7})",
            ""
        },
        FieldCase{"seed_too_large", latest, R"("seed":2147483648)", "", "seed"},
        FieldCase{
            "penalties",
            latest,
            R"("presence_penalty":1,"frequency_penalty":-0.5)",
            R"("generationConfig":{"presencePenalty":1,"frequencyPenalty":-0.5})",
            ""
        },
        FieldCase{
            "what_asks_for_nothing",
            latest,
            R"("presence_penalty":0,"frequency_penalty":0.0,"n":1,"logprobs":false,"top_logprobs":0,"store":false,"parallel_tool_calls":true,"tools":[],"tool_choice":"auto","response_format":{"type":"text"},"temperature":null,"user":null,"modalities":["text"])",
            "",
            ""
        },
        FieldCase{
            "max_tokens",
            latest,
            R"("max_tokens":5)",
            R"("generationConfig":{"maxOutputTokens":5})",
            ""
        },
        FieldCase{
            "stop_text",
            latest,
            R"("stop":"a")",
            R"("generationConfig":{"stopSequences":["a"]})",
            ""
        },
        FieldCase{
            "stops",
            latest,
            R"("stop":["a","b"])",
            R"("generationConfig":{"stopSequences":["a","b"]})",
            ""
        },
        FieldCase{
            "candidates", latest, R"("n":8)", R"("generationConfig":{"candidateCount":8})", ""
        },
        FieldCase{
            "json_mode",
            latest,
            R"("response_format":{"type":"json_object"})",
            R"("generationConfig":{"responseMimeType":"application/json"})",
            ""
        },
        FieldCase{
            "effort_as_a_level",
            latest,
            R"("reasoning_effort":"high")",
            R"("generationConfig":{"thinkingConfig":{"thinkingLevel":"HIGH"}})",
            ""
        },
        FieldCase{
            "effort_minimal",
            "gemini-3.5-flash-lite",
            R"("reasoning_effort":"minimal")",
            R"("generationConfig":{"thinkingConfig":{"thinkingLevel":"MINIMAL"}})",
            ""
        },
        FieldCase{
            "effort_clamped_up",
            latest,
            R"("reasoning_effort":"none")",
            R"("generationConfig":{"thinkingConfig":{"thinkingLevel":"LOW"}})",
            "reasoning_effort: none"
        },
        FieldCase{
            "effort_clamped_down",
            "gemini-3.1-pro-preview",
            R"("reasoning_effort":"max")",
            R"("generationConfig":{"thinkingConfig":{"thinkingLevel":"HIGH"}})",
            "reasoning_effort: max"
        },
        FieldCase{
            "effort_of_a_generation_to_come",
            "gemini-9-neon",
            R"("reasoning_effort":"medium")",
            R"("generationConfig":{"thinkingConfig":{"thinkingLevel":"MEDIUM"}})",
            ""
        },
        FieldCase{
            "effort_as_a_budget",
            older,
            R"("reasoning_effort":"low")",
            R"("generationConfig":{"thinkingConfig":{"thinkingBudget":1024}})",
            ""
        },
        FieldCase{
            "effort_off",
            "models/gemini-2.5-flash-lite",
            R"("reasoning_effort":"none")",
            R"("generationConfig":{"thinkingConfig":{"thinkingBudget":0}})",
            ""
        },
        FieldCase{
            "effort_of_gemma",
            "gemma-4-31b-it",
            R"("reasoning_effort":"low")",
            R"("generationConfig":{"thinkingConfig":{"thinkingLevel":"MINIMAL"}})",
            "reasoning_effort: low"
        },
        FieldCase{
            "effort_without_thinking",
            "gemini-2.0-flash",
            R"("reasoning_effort":"low")",
            "",
            "reasoning_effort"
        },
        FieldCase{
            "own_thinking",
            latest,
            R"("thinkingConfig":{"includeThoughts":true},"reasoning_effort":"low")",
            R"("generationConfig":{"thinkingConfig":{"includeThoughts":true,"thinkingLevel":"LOW"}})",
            ""
        },
        FieldCase{
            "own_level_over_effort",
            latest,
            R"("thinkingConfig":{"thinkingLevel":"HIGH"},"reasoning_effort":"low")",
            R"("generationConfig":{"thinkingConfig":{"thinkingLevel":"HIGH"}})",
            ""
        },
        FieldCase{
            "own_fields",
            latest,
            R"("cachedContent":"cachedContents/x","safetySettings":[])",
            R"("cachedContent":"cachedContents/x","safetySettings":[])",
            ""
        },
        FieldCase{
            "parallel_calls_off",
            latest,
            R"("parallel_tool_calls":false)",
            "",
            "parallel_tool_calls"
        },
        FieldCase{"store", latest, R"("store":true)", "", "store"},
        FieldCase{
            "tool_choice_auto",
            latest,
            TWO_TOOLS R"(,"tool_choice":"auto")",
            BOTH_DECLARED R"(,"toolConfig":{"functionCallingConfig":{"mode":"AUTO"}})",
            ""
        },
        FieldCase{
            "tool_choice_none",
            latest,
            TWO_TOOLS R"(,"tool_choice":"none")",
            BOTH_DECLARED R"(,"toolConfig":{"functionCallingConfig":{"mode":"NONE"}})",
            ""
        },
        FieldCase{
            "tool_choice_required",
            latest,
            TWO_TOOLS R"(,"tool_choice":"required")",
            BOTH_DECLARED R"(,"toolConfig":{"functionCallingConfig":{"mode":"ANY"}})",
            ""
        },
        FieldCase{
            "tool_choice_named",
            latest,
            TWO_TOOLS R"(,"tool_choice":{"type":"function","function":{"name":"g"}})",
            BOTH_DECLARED
            R"(,"toolConfig":{"functionCallingConfig":{"mode":"ANY","allowedFunctionNames":["g"]}})",
            ""
        },
        FieldCase{
            "allowed_tools",
            latest,
            TWO_TOOLS
            R"(,"tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"required","tools":[{"type":"function","function":{"name":"g"}}]}})",
            R"("tools":[{"functionDeclarations":[{"name":"g"}]}],"toolConfig":{"functionCallingConfig":{"mode":"ANY"}})",
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

class GeminiUnfit : public testing::TestWithParam<UnfitCase> {};

TEST_P(GeminiUnfit, is_refused_naming_the_field_and_the_model)
{
    const auto call = encode(chat_of(GetParam().given));
    ASSERT_FALSE(call);
    EXPECT_EQ(call.error().kind, ErrorKind::unfit);
    EXPECT_EQ(call.error().param, GetParam().param);
    EXPECT_THAT(call.error().message, HasSubstr(latest));
}

INSTANTIATE_TEST_SUITE_P(
    table,
    GeminiUnfit,
    testing::Values(
        UnfitCase{"too_many_candidates", R"({"messages":[],"n":9})", "n"},
        UnfitCase{
            "audio_answers", R"({"messages":[],"modalities":["text","audio"]})", "modalities"
        },
        UnfitCase{"web_search", R"({"messages":[],"web_search_options":{}})", "web_search_options"},
        UnfitCase{"old_functions", R"({"messages":[],"functions":[{"name":"f"}]})", "functions"},
        UnfitCase{
            "custom_tool",
            R"({"messages":[],"tools":[{"type":"function","function":{"name":"f"}},{"type":"custom","custom":{"name":"c"}}]})",
            "tools.1"
        },
        UnfitCase{
            "custom_tool_choice",
            R"({"messages":[],"tools":[{"type":"function","function":{"name":"f"}}],"tool_choice":{"type":"custom","custom":{"name":"c"}}})",
            "tool_choice"
        },
        UnfitCase{
            "custom_tool_call",
            R"({"messages":[{"role":"assistant","tool_calls":[{"id":"1","type":"custom","custom":{"name":"c","input":""}}]}]})",
            "messages.0.tool_calls.0"
        },
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
            "data_in_plain_text",
            R"({"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/svg+xml,%3Csvg%3E"}}]}]})",
            "messages.0.content.0.image_url.url"
        },
        UnfitCase{
            "unknown_part",
            R"({"messages":[{"role":"user","content":[{"type":"text","text":""},{"type":"video","video":{}}]}]})",
            "messages.0.content.1"
        },
        UnfitCase{
            "picture_of_a_tool",
            R"({"messages":[{"role":"tool","tool_call_id":"1","name":"f","content":[{"type":"image_url","image_url":{"url":"https://a.test/b.png"}}]}]})",
            "messages.0.content.0"
        }
    ),
    [](const auto& info) { return info.param.name; }
);

TEST(GeminiMessages, a_result_without_its_call_is_the_callers_mistake)
{
    const auto call =
        encode(chat_of(R"({"messages":[{"role":"tool","tool_call_id":"gone","content":"11"}]})"));
    ASSERT_FALSE(call);
    EXPECT_EQ(call.error().kind, ErrorKind::invalid_request);
    EXPECT_EQ(call.error().param, "messages.0.tool_call_id");
}

TEST(GeminiMessages, a_result_may_name_its_function_itself)
{
    const auto call = encode(
        chat_of(R"({"messages":[{"role":"tool","tool_call_id":"gone","name":"f","content":"11"}]})")
    );
    EXPECT_EQ(
        body_of(call).at_pointer("/contents/0/parts/0"),
        boost::json::parse(
            R"({"functionResponse":{"name":"f","response":{"result":"11"},"id":"gone"}})"
        )
    );
    EXPECT_THAT(call->warnings, IsEmpty());
}

/// The signatures of the calls in a history of two parallel ones.
std::vector<std::string> signatures(std::vector<Replay> replays, std::string_view model)
{
    auto chat = chat_of(
        R"({"messages":[{"role":"user","content":"u"},{"role":"assistant","tool_calls":[
            {"id":"a","type":"function","function":{"name":"f","arguments":"{}"}},
            {"id":"b","type":"function","function":{"name":"f","arguments":"{}"}}]}]})"
    );
    chat.replays = std::move(replays);
    const auto body = body_of(encode(chat, model));
    std::vector<std::string> found;
    for (const auto& part : body.at_pointer("/contents/1/parts").as_array()) {
        const auto* signature = part.as_object().if_contains("thoughtSignature");
        found.emplace_back(signature ? signature->as_string().c_str() : "");
    }
    return found;
}

TEST(GeminiSignature, goes_back_with_the_call_that_it_came_with)
{
    EXPECT_THAT(signatures({{"a", "gemini", R"("S1")"}}, latest), ElementsAre("S1", ""));
    EXPECT_THAT(signatures({{"b", "gemini", R"("S2")"}}, latest), ElementsAre("", "S2"));
    EXPECT_THAT(signatures({{"a", "gemini", R"("S1")"}}, older), ElementsAre("S1", ""));
}

TEST(GeminiSignature, is_made_up_for_the_first_of_parallel_calls_where_none_is_known)
{
    constexpr auto any = "skip_thought_signature_validator";
    EXPECT_THAT(signatures({}, latest), ElementsAre(any, ""));
    EXPECT_THAT(signatures({{"a", "anthropic", R"("S1")"}}, latest), ElementsAre(any, ""));
    EXPECT_THAT(signatures({{"a", "gemini", R"({"not":"text"})"}}, latest), ElementsAre(any, ""));
    EXPECT_THAT(
        signatures({{"c", "gemini", R"("S3")"}}, "gemini-pro-latest"), ElementsAre(any, "")
    );
}

TEST(GeminiSignature, is_not_made_up_for_models_that_do_not_ask_for_it)
{
    for (const auto* model : {older, "gemini-2.5-pro", "gemma-4-31b-it"})
        EXPECT_THAT(signatures({}, model), ElementsAre("", "")) << model;
}

TEST(GeminiSignature, is_kept_whole_or_not_at_all)
{
    const auto answer = [](std::size_t length) {
        return concat(
            R"({"candidates":[{"content":{"parts":[{"functionCall":{"name":"f"},"thoughtSignature":")",
            std::string(length, 'A'),
            R"("}]},"finishReason":"STOP"}]})"
        );
    };
    const auto& reader = *encode(chat_with(""))->reader;
    const auto replay = [&](std::size_t length) {
        return reader.decode(answer(length)).value().choices[0].tool_calls[0].replay.size();
    };
    EXPECT_EQ(replay(1000), 1002u);
    EXPECT_EQ(replay(70'000), 0u);
}

TEST(GeminiCallId, tells_calls_and_answers_apart)
{
    const auto& reader = *encode(chat_with(""))->reader;
    const auto ids = [&](std::string_view members) {
        const auto answer = reader.decode(concat(
            R"({"candidates":[{"content":{"parts":[{"functionCall":{"name":"f"}},{"functionCall":{"name":"f"}}]}}])",
            members,
            "}"
        ));
        const auto& calls = answer.value().choices[0].tool_calls;
        return std::vector{calls[0].id, calls[1].id};
    };
    const auto first = ids(R"(,"responseId":"r1")");
    const auto second = ids(R"(,"responseId":"r2")");
    const auto unnamed = ids("");
    EXPECT_EQ(first, ids(R"(,"responseId":"r1")"));
    std::set<std::string> all(first.begin(), first.end());
    all.insert(second.begin(), second.end());
    all.insert(unnamed.begin(), unnamed.end());
    EXPECT_EQ(all.size(), 6u);
    EXPECT_THAT(all, testing::Each(testing::StartsWith("call_")));
}

TEST(GeminiCall, has_the_key_in_a_header_and_nowhere_else)
{
    const Target target("gemini", latest, {});
    const auto models = translator.encode_models(target.endpoint);
    EXPECT_EQ(models.method, "GET");
    EXPECT_EQ(models.target, "/v1/models?pageSize=1000");
    for (const auto& request : {encode(chat_with(R"("stream":true)"))->request, models}) {
        EXPECT_EQ(find_header(request.headers, "x-goog-api-key"), "sk-test");
        EXPECT_EQ(find_header(request.headers, "authorization"), "");
        EXPECT_THAT(request.target, testing::Not(HasSubstr("sk-test")));
    }
}

TEST(GeminiCall, asks_for_events_where_a_stream_is_wanted)
{
    const auto accept = [](std::string_view members) {
        return std::string(find_header(encode(chat_with(members))->request.headers, "accept"));
    };
    EXPECT_EQ(accept(R"("stream":true)"), "text/event-stream");
    EXPECT_EQ(accept(""), "application/json");
}

TEST(GeminiCall, is_in_nobody_elses_dialect)
{
    EXPECT_EQ(encode(chat_with(""))->dialect, std::nullopt);
}

TEST(GeminiDefaults, go_in_where_the_caller_set_none)
{
    Target target("gemini", latest, {});
    target.deployment.default_max_tokens = "100";
    target.deployment.default_temperature = "0.7";
    const auto config = [&](std::string_view members) {
        return body_of(translator.encode(chat_with(members), target.deployment, {}))
            .at("generationConfig");
    };
    EXPECT_EQ(config(""), boost::json::parse(R"({"maxOutputTokens":100,"temperature":0.7})"));
    EXPECT_EQ(
        config(R"("max_tokens":5,"temperature":0)"),
        boost::json::parse(R"({"maxOutputTokens":5,"temperature":0})")
    );
    target.endpoint.dialect.unsupported = {"temperature"};
    EXPECT_EQ(config(""), boost::json::parse(R"({"maxOutputTokens":100})"));
}

TEST(GeminiLeftOut, is_what_was_refused_before)
{
    const Target target("gemini", latest, {});
    const std::vector<std::string> refused{"generationConfig.topK"};
    const auto call =
        translator.encode(chat_with(R"("top_k":3,"top_p":1)"), target.deployment, refused);
    EXPECT_EQ(body_of(call).at("generationConfig"), boost::json::parse(R"({"topP":1})"));
    EXPECT_THAT(call->warnings, ElementsAre(testing::StartsWith("generationConfig.topK")));
}

EmbeddingsRequest embeddings_of(std::string body)
{
    EmbeddingsRequest request;
    request.document = json::Document::parse(std::move(body)).value();
    return request;
}

TEST(GeminiEmbeddings, are_asked_for_one_request_a_text)
{
    const Target target("gemini", "gemini-embedding-001", {});
    const auto call = translator.encode_embeddings(
        embeddings_of(
            R"({"input":["a","b"],"dimensions":256,"encoding_format":"float","taskType":"RETRIEVAL_QUERY","user":"u"})"
        ),
        target.deployment,
        {}
    );
    ASSERT_TRUE(call) << call.error().message;
    EXPECT_EQ(call->request.target, "/v1/models/gemini-embedding-001:batchEmbedContents");
    EXPECT_EQ(
        body_of(call),
        boost::json::parse(
            R"({"requests":[
                {"model":"models/gemini-embedding-001","content":{"parts":[{"text":"a"}]},"outputDimensionality":256,"taskType":"RETRIEVAL_QUERY"},
                {"model":"models/gemini-embedding-001","content":{"parts":[{"text":"b"}]},"outputDimensionality":256,"taskType":"RETRIEVAL_QUERY"}]})"
        )
    );
    EXPECT_THAT(call->warnings, ElementsAre(testing::StartsWith("user")));
}

TEST(GeminiEmbeddings, of_one_text_are_a_list_of_one)
{
    const Target target("gemini", "gemini-embedding-001", {});
    const auto call =
        translator.encode_embeddings(embeddings_of(R"({"input":"a"})"), target.deployment, {});
    EXPECT_EQ(body_of(call).at("requests").as_array().size(), 1u);
    EXPECT_THAT(call->warnings, IsEmpty());
}

TEST(GeminiEmbeddings, are_not_made_of_token_ids)
{
    const Target target("gemini", "gemini-embedding-001", {});
    auto request = embeddings_of(R"({"input":[1,2]})");
    request.token_input = true;
    const auto call = translator.encode_embeddings(request, target.deployment, {});
    ASSERT_FALSE(call);
    EXPECT_EQ(call.error().kind, ErrorKind::unfit);
    EXPECT_EQ(call.error().param, "input");
}

TEST(GeminiLists, that_are_none_tell_why)
{
    constexpr auto failure =
        R"({"error":{"code":503,"message":"The model is overloaded.","status":"UNAVAILABLE"}})";
    EXPECT_EQ(translator.decode_models(failure).error().kind, ErrorKind::overloaded);
    EXPECT_EQ(translator.decode_embeddings(failure).error().kind, ErrorKind::overloaded);
    EXPECT_EQ(translator.decode_models("<html>").error().kind, ErrorKind::bad_response);
    for (const auto* body : {"{}", R"({"embeddings":[{"values":[0.5]},{"values":["x"]}]})"})
        EXPECT_EQ(translator.decode_embeddings(body).error().kind, ErrorKind::bad_response) << body;
}

}  // namespace
}  // namespace sluice::test
