#include "providers/anthropic/anthropic.hpp"

#include "support/provider_cases.hpp"

#include <boost/json/parse.hpp>
#include <gmock/gmock.h>

namespace sluice::test {
namespace {

using boost::json::value;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const anthropic::Translator translator;

class AnthropicRequest : public testing::TestWithParam<Fixture> {};
TEST_P(AnthropicRequest, says_the_same_as_the_chat_request)
{
    expect_encodes(GetParam());
}
INSTANTIATE_TEST_SUITE_P(
    fixtures,
    AnthropicRequest,
    testing::ValuesIn(fixtures("anthropic", "client.json")),
    fixture_name
);

class AnthropicAnswer : public testing::TestWithParam<Fixture> {};
TEST_P(AnthropicAnswer, becomes_canonical)
{
    expect_decodes(GetParam());
}
INSTANTIATE_TEST_SUITE_P(
    fixtures,
    AnthropicAnswer,
    testing::ValuesIn(fixtures("anthropic", "expected.json")),
    fixture_name
);

class AnthropicStream : public testing::TestWithParam<Fixture> {};
TEST_P(AnthropicStream, becomes_canonical_deltas)
{
    expect_replays(GetParam());
}
INSTANTIATE_TEST_SUITE_P(
    fixtures,
    AnthropicStream,
    testing::ValuesIn(fixtures("anthropic", "upstream_response.sse")),
    fixture_name
);

/// A request in Anthropic's own words.
ChatRequest native_of(std::string body)
{
    ChatRequest chat;
    chat.dialect = Dialect::messages;
    chat.native = json::Document::parse(std::move(body)).value();
    chat.model = chat.native.find("model").and_then(json::as_string).value_or("");
    chat.stream = chat.native.find("stream") == "true";
    return chat;
}

class AnthropicNative : public testing::TestWithParam<Fixture> {};
TEST_P(AnthropicNative, keeps_the_callers_bytes)
{
    const auto chat = native_of(GetParam().read("native.json"));
    const Target target("anthropic", chat.model, {});
    const auto call = translator.encode(chat, target.deployment, {});
    EXPECT_EQ(value_of(to_json(call)), value_of(GetParam().read("upstream_request.json")))
        << to_json(call);
    EXPECT_EQ(call->dialect, Dialect::messages);
    const auto sent = json::Document::parse(call->request.body);
    for (const auto& member : chat.native.members())
        if (const auto found = sent->find(chat.native.key(member)))
            EXPECT_EQ(*found, chat.native.value(member));
}
INSTANTIATE_TEST_SUITE_P(
    fixtures, AnthropicNative, testing::ValuesIn(fixtures("anthropic", "native.json")), fixture_name
);

/// A request with these members besides one user message.
ChatRequest chat_with(std::string_view members)
{
    return chat_of(concat(
        R"({"messages":[{"role":"user","content":"hi"}])", members.empty() ? "" : ",", members, "}"
    ));
}

Result<Call> encode(
    const ChatRequest& chat,
    std::string_view model = "claude-haiku-4-5",
    std::vector<std::string> left_out = {}
)
{
    const Target target("anthropic", model, {});
    return translator.encode(chat, target.deployment, left_out);
}

value body_of(const Result<Call>& call)
{
    return boost::json::parse(call.value().request.body);
}

std::string_view header(const HttpRequest& request, std::string_view name)
{
    return find_header(request.headers, name);
}

struct FieldCase {
    const char* name;
    const char* model;
    const char* given;    // members of the request
    const char* sent;     // members of the body besides model, messages and max_tokens
    const char* warning;  // the field it begins with; "": none
};
void PrintTo(const FieldCase& c, std::ostream* out)
{
    *out << c.given;
}

class AnthropicField : public testing::TestWithParam<FieldCase> {};
TEST_P(AnthropicField, is_sent_as_anthropic_takes_it)
{
    const auto& param = GetParam();
    const auto call = encode(chat_with(param.given), param.model);
    ASSERT_TRUE(call) << call.error().message;
    auto sent = body_of(call).as_object();
    EXPECT_EQ(sent.at("model"), param.model);
    for (const auto* always : {"model", "messages", "max_tokens"}) sent.erase(always);
    EXPECT_EQ(value(sent), boost::json::parse(concat("{", param.sent, "}")));
    if (*param.warning == '\0')
        EXPECT_THAT(call->warnings, IsEmpty());
    else
        EXPECT_THAT(call->warnings, ElementsAre(testing::StartsWith(param.warning)));
}

constexpr const char* older = "claude-haiku-4-5";    // thinks within a budget
constexpr const char* middle = "claude-sonnet-4-6";  // thinks as it sees fit, where asked to
constexpr const char* newer = "claude-opus-5-5";     // thinks unless told not to
INSTANTIATE_TEST_SUITE_P(
    table,
    AnthropicField,
    testing::Values(
        FieldCase{"temperature", older, R"("temperature":0.7)", R"("temperature":0.7)", ""},
        FieldCase{
            "temperature_too_high",
            older,
            R"("temperature":1.8)",
            R"("temperature":1)",
            "temperature: 1.8"
        },
        FieldCase{"temperature_refused", newer, R"("temperature":1)", "", "temperature"},
        FieldCase{
            "temperature_while_thinking",
            middle,
            R"("temperature":0.5,"reasoning_effort":"low")",
            R"("thinking":{"type":"adaptive"},"output_config":{"effort":"low"})",
            "temperature"
        },
        FieldCase{
            "neutral_top_p", older, R"("top_p":1.0,"temperature":0.5)", R"("temperature":0.5)", ""
        },
        FieldCase{
            "both_samplings",
            older,
            R"("top_p":0.5,"temperature":0.5)",
            R"("temperature":0.5)",
            "top_p: not accepted beside temperature"
        },
        FieldCase{"top_k", older, R"("top_k":5,"top_p":0.5)", R"("top_k":5,"top_p":0.5)", ""},
        FieldCase{"top_k_refused", newer, R"("top_k":5)", "", "top_k"},
        FieldCase{
            "budget",
            older,
            R"("reasoning_effort":"medium")",
            R"("thinking":{"type":"enabled","budget_tokens":8192})",
            ""
        },
        FieldCase{
            "budget_of_few_tokens",
            older,
            R"("reasoning_effort":"high","max_tokens":3000)",
            R"("thinking":{"type":"enabled","budget_tokens":1500})",
            ""
        },
        FieldCase{
            "smallest_budget",
            older,
            R"("reasoning_effort":"high","max_tokens":1025)",
            R"("thinking":{"type":"enabled","budget_tokens":1024})",
            ""
        },
        FieldCase{
            "too_few_tokens",
            older,
            R"("reasoning_effort":"high","max_tokens":1024)",
            "",
            "reasoning_effort"
        },
        FieldCase{"no_thought_older", older, R"("reasoning_effort":"none")", "", ""},
        FieldCase{"no_thought_middle", middle, R"("reasoning_effort":"none")", "", ""},
        FieldCase{
            "no_thought_newer",
            newer,
            R"("reasoning_effort":"none")",
            R"("thinking":{"type":"disabled"})",
            ""
        },
        FieldCase{
            "effort",
            newer,
            R"("reasoning_effort":"xhigh")",
            R"("thinking":{"type":"adaptive"},"output_config":{"effort":"xhigh"})",
            ""
        },
        FieldCase{
            "effort_clamped",
            middle,
            R"("reasoning_effort":"xhigh")",
            R"("thinking":{"type":"adaptive"},"output_config":{"effort":"high"})",
            "reasoning_effort: xhigh"
        },
        FieldCase{
            "effort_beside_disabled",
            newer,
            R"("thinking":{"type":"disabled"},"reasoning_effort":"max")",
            R"("thinking":{"type":"disabled"},"output_config":{"effort":"high"})",
            "reasoning_effort: max"
        },
        FieldCase{
            "own_thinking",
            older,
            R"("thinking":{"type":"enabled","budget_tokens":2000})",
            R"("thinking":{"type":"enabled","budget_tokens":2000})",
            ""
        },
        FieldCase{
            "forced_tool_without_thought",
            newer,
            R"("tools":[{"type":"function","function":{"name":"f","parameters":{}}}],"tool_choice":"required")",
            R"("thinking":{"type":"disabled"},"tool_choice":{"type":"any"},"tools":[{"name":"f","input_schema":{"type":"object","properties":{}}}])",
            ""
        },
        FieldCase{
            "no_parallel_calls",
            older,
            R"("tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object"}}}],"parallel_tool_calls":false)",
            R"("tool_choice":{"type":"auto","disable_parallel_tool_use":true},"tools":[{"name":"f","input_schema":{"type":"object","properties":{}}}])",
            ""
        },
        FieldCase{
            "no_tool_at_all",
            older,
            R"("tools":[{"type":"function","function":{"name":"f"}}],"tool_choice":"none","parallel_tool_calls":false)",
            R"("tool_choice":{"type":"none"},"tools":[{"name":"f","input_schema":{"type":"object","properties":{}}}])",
            ""
        },
        FieldCase{"choice_without_tools", older, R"("tool_choice":"none")", "", ""},
        FieldCase{
            "stop", older, R"("stop":["a"," ","b"])", R"("stop_sequences":["a","b"])", "stop"
        },
        FieldCase{
            "service_tier",
            older,
            R"("service_tier":"default")",
            R"("service_tier":"standard_only")",
            ""
        },
        FieldCase{
            "service_tier_auto", older, R"("service_tier":"auto")", R"("service_tier":"auto")", ""
        },
        FieldCase{"service_tier_unknown", older, R"("service_tier":"flex")", "", "service_tier"},
        FieldCase{"user", older, R"("user":"u")", R"("metadata":{"user_id":"u"})", ""},
        FieldCase{
            "defaults",
            older,
            R"("frequency_penalty":0.0,"presence_penalty":0,"store":false,"logit_bias":{},"n":1,"seed":null)",
            "",
            ""
        },
        FieldCase{"seed", older, R"("seed":7)", "", "seed"}
    ),
    [](const auto& info) { return info.param.name; }
);

struct LimitCase {
    const char* model;
    const char* given;
    const char* configured;
    std::int64_t sent;
    bool warns = false;
};

TEST(AnthropicMaxTokens, is_always_sent_and_never_more_than_the_model_has)
{
    constexpr LimitCase cases[]{
        {older, R"("max_tokens":5)", "100", 5},
        {older, "", "100", 100},
        {older, "", "", 64'000},
        {newer, "", "", 128'000},
        {"unknown", "", "", 4096},
        {"unknown", R"("max_tokens":500000)", "", 500'000},
        {older, R"("max_completion_tokens":500000)", "", 64'000, true},
        {older, "", "500000", 64'000},
    };
    for (const auto& c : cases) {
        Target target("anthropic", c.model, {});
        target.deployment.default_max_tokens = c.configured;
        const auto call = translator.encode(chat_with(c.given), target.deployment, {});
        EXPECT_EQ(body_of(call).at("max_tokens"), c.sent) << c.model << ' ' << c.given;
        EXPECT_EQ(call->warnings.size(), c.warns ? 1u : 0u);
    }
}

TEST(AnthropicTemperature, configured_is_sent_where_the_model_takes_it)
{
    for (const auto* model : {older, newer}) {
        Target target("anthropic", model, {});
        target.deployment.default_temperature = "1.5";
        const auto call = translator.encode(chat_with(""), target.deployment, {});
        const auto body = body_of(call).as_object();
        EXPECT_EQ(body.contains("temperature"), model == older);
        if (model == older) EXPECT_EQ(body.at("temperature"), 1);
        EXPECT_THAT(call->warnings, IsEmpty());
    }
}

TEST(AnthropicCall, brings_the_key_and_the_version_that_fits)
{
    const auto plain = encode(chat_with(""));
    EXPECT_EQ(plain->request.target, "/v1/messages");
    EXPECT_EQ(header(plain->request, "x-api-key"), "sk-test");
    EXPECT_EQ(header(plain->request, "authorization"), "");
    EXPECT_EQ(header(plain->request, "anthropic-version"), "2026-10-21");
    EXPECT_EQ(header(plain->request, "accept"), "application/json");
    EXPECT_EQ(plain->dialect, Dialect::messages);

    const auto sampled = encode(chat_with(R"("temperature":0.5,"stream":true)"));
    EXPECT_EQ(header(sampled->request, "anthropic-version"), "2023-06-01");
    EXPECT_EQ(header(sampled->request, "accept"), "text/event-stream");
    const auto repaired = encode(chat_with(R"("temperature":0.5)"), older, {"temperature"});
    EXPECT_EQ(header(repaired->request, "anthropic-version"), "2026-10-21");
    EXPECT_THAT(repaired->warnings, ElementsAre(HasSubstr("temperature")));
}

TEST(AnthropicCall, leaves_the_version_to_an_operator_who_names_one)
{
    Target target("anthropic", older, {});
    target.endpoint.headers = {{"Anthropic-Version", "2099-01-01"}};
    const auto call = translator.encode(chat_with(""), target.deployment, {});
    EXPECT_EQ(header(call->request, "anthropic-version"), "2099-01-01");
    EXPECT_FALSE(call->request.headers.text().contains("anthropic-version"));
}

TEST(AnthropicRepair, never_leaves_out_what_the_answer_must_look_like)
{
    const auto chat = chat_with(
        R"("response_format":{"type":"json_schema","json_schema":{"name":"x","schema":{"type":"object"}}})"
    );
    const auto call = encode(chat, newer, {"output_config"});
    ASSERT_FALSE(call);
    EXPECT_EQ(call.error().kind, ErrorKind::unfit);
    EXPECT_EQ(call.error().param, "response_format");
    EXPECT_TRUE(encode(chat_with(R"("reasoning_effort":"low")"), newer, {"output_config"}));

    const auto native = native_of(
        R"({"model":"m","messages":[],"output_config":{"format":{"type":"json_schema","schema":{}}}})"
    );
    const auto refused = encode(native, newer, {"output_config"});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().param, "output_config");
}

TEST(AnthropicNative, changes_only_the_spans_that_must_change)
{
    auto chat = native_of(
        R"({ "model":"alias",  "max_tokens":1e2, "stream":true,"temperature" : 0.70,"messages":[{"role":"user","content":"\u0048i"}]})"
    );
    chat.stream = false;
    const auto call = encode(chat, "claude-haiku-4-5");
    EXPECT_EQ(
        call->request.body,
        R"({ "model":"claude-haiku-4-5",  "max_tokens":1e2, "stream":false,"temperature" : 0.70,"messages":[{"role":"user","content":"\u0048i"}]})"
    );
    EXPECT_EQ(header(call->request, "anthropic-version"), "2023-06-01");
    EXPECT_THAT(call->warnings, IsEmpty());
}

TEST(AnthropicNative, leaves_out_what_was_refused_before)
{
    const auto chat = native_of(
        R"({"model":"m","max_tokens":5,"service_tier":"auto","messages":[{"role":"user","content":[{"type":"text","text":"a","x":1}]}]})"
    );
    const auto call = encode(chat, "m", {"service_tier", "messages.0.content.0.x"});
    EXPECT_EQ(
        call->request.body,
        R"({"model":"m","max_tokens":5,"messages":[{"role":"user","content":[{"type":"text","text":"a"}]}]})"
    );
    EXPECT_EQ(call->warnings.size(), 2u);
}

TEST(AnthropicThoughts, too_long_to_be_kept_are_shown_but_not_replayed)
{
    const std::string thought(70'000, 't');
    const auto decoder = encode(chat_with(""))->reader->stream_decoder();
    const auto feed = [&](std::string_view data) {
        return read_event(*decoder, {.type = "message", .data = data, .id = {}}).value();
    };
    feed(R"({"type":"message_start","message":{"id":"m"}})");
    feed(R"({"type":"content_block_start","index":0,"content_block":{"type":"thinking"}})");
    const auto shown = feed(concat(
        R"({"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":")",
        thought,
        R"("}})"
    ));
    EXPECT_EQ(shown.choices.front().reasoning, thought);
    feed(
        R"({"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"s"}})"
    );
    feed(R"({"type":"content_block_stop","index":0})");
    const auto call = feed(
        R"({"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"t","name":"f","input":{}}})"
    );
    EXPECT_EQ(call.choices.front().tool_calls.front().replay, "");
}

TEST(AnthropicThoughts, of_an_answer_come_back_with_the_next_request)
{
    const auto answer =
        encode(chat_with(""))
            ->reader->decode(
                R"({"id":"m","model":"m","stop_reason":"tool_use","content":[{"type":"thinking","thinking":"t","signature":"s"},{"type":"tool_use","id":"toolu_1","name":"f","input":{}}]})"
            );
    const auto& call = answer.value().choices.front().tool_calls.front();
    auto next = chat_of(
        R"({"messages":[{"role":"user","content":"u"},{"role":"assistant","tool_calls":[{"id":"toolu_1","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"toolu_1","content":"r"}]})"
    );
    next.replays.push_back({call.id, "anthropic", call.replay});
    EXPECT_EQ(
        body_of(encode(next, newer)).at("messages").at(1).at("content").at(0),
        boost::json::parse(R"({"type":"thinking","thinking":"t","signature":"s"})")
    );
}

TEST(AnthropicLists, has_models_but_no_embeddings)
{
    const Target target("anthropic", older, {});
    const auto models = translator.encode_models(target.endpoint);
    EXPECT_EQ(models.method, "GET");
    EXPECT_EQ(models.target, "/v1/models?limit=1000");
    EXPECT_EQ(header(models, "x-api-key"), "sk-test");
    EXPECT_FALSE(header(models, "anthropic-version").empty());

    const auto call = translator.encode_embeddings({}, target.deployment, {});
    ASSERT_FALSE(call);
    EXPECT_EQ(call.error().kind, ErrorKind::unfit);
    EXPECT_THAT(call.error().message, HasSubstr("anthropic has no embeddings"));
    EXPECT_FALSE(translator.decode_embeddings("{}"));
}

}  // namespace
}  // namespace sluice::test
