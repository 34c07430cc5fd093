#include "support/provider_cases.hpp"

namespace sluice::test {
namespace {

class CompatibleRequest : public testing::TestWithParam<Fixture> {};
TEST_P(CompatibleRequest, is_the_callers_with_a_few_edits)
{
    expect_encodes(GetParam());
    expect_bytes_kept(GetParam());
}
INSTANTIATE_TEST_SUITE_P(
    fixtures,
    CompatibleRequest,
    testing::ValuesIn(fixtures("openai_compatible", "client.json")),
    fixture_name
);

class CompatibleAnswer : public testing::TestWithParam<Fixture> {};
TEST_P(CompatibleAnswer, becomes_canonical)
{
    expect_decodes(GetParam());
}
INSTANTIATE_TEST_SUITE_P(
    fixtures,
    CompatibleAnswer,
    testing::ValuesIn(fixtures("openai_compatible", "expected.json")),
    fixture_name
);

class CompatibleStream : public testing::TestWithParam<Fixture> {};
TEST_P(CompatibleStream, becomes_canonical_deltas)
{
    expect_replays(GetParam());
}
INSTANTIATE_TEST_SUITE_P(
    fixtures,
    CompatibleStream,
    testing::ValuesIn(fixtures("openai_compatible", "upstream_response.sse")),
    fixture_name
);

/// A chat request to a server of this dialect, as it will be sent.
Result<Call> sent(std::string body, DialectOptions dialect, std::vector<std::string> left_out = {})
{
    const auto chat = chat_of(std::move(body));
    const Target target("openai_compatible", chat.model, std::move(dialect));
    return find_provider("openai_compatible")
        ->translator->encode(chat, target.deployment, left_out);
}

constexpr auto hello = R"({"model":"m","messages":[]})";

TEST(CompatibleCall, has_no_authorization_without_a_key)
{
    const auto chat = chat_of(hello);
    Target target("openai_compatible", "m", {});
    target.endpoint.api_key = {};
    target.endpoint.base_path.clear();
    const auto call =
        find_provider("openai_compatible")->translator->encode(chat, target.deployment, {}).value();
    EXPECT_EQ(find_header(call.request.headers, "authorization"), "");
    EXPECT_EQ(call.request.target, "/chat/completions");
}

TEST(CompatibleCall, a_plain_request_is_passed_on_byte_by_byte)
{
    const std::string body =
        "{ \"top_k\" : 4.50,\n\"model\":\"m\", "
        "\"messages\":[{\"role\":\"user\",\"content\":\"\\u00e4\"}],"
        "\"big\":123456789012345678901234567890,\"stop\":null,\"max_tokens\":1e1 }\n";
    EXPECT_EQ(sent(body, {}).value().request.body, body);
}

TEST(CompatibleCall, the_limit_on_tokens_has_the_name_that_the_server_takes)
{
    struct Case {
        std::string_view given;
        bool newer;
        std::vector<std::string> left_out;
        std::string_view sent;
    };
    const std::string older = "max_tokens", later = "max_completion_tokens";
    const Case cases[]{
        {R"("max_tokens":5)", false, {}, R"("max_tokens":5)"},
        {R"("max_tokens":5)", true, {}, R"("max_completion_tokens":5)"},
        {R"("max_tokens":5)", false, {older}, R"("max_completion_tokens":5)"},
        {R"("max_completion_tokens":5)", false, {}, R"("max_tokens":5)"},
        {R"("max_completion_tokens":5)", true, {later}, R"("max_tokens":5)"},
        {R"("max_tokens":5,"max_completion_tokens":6)", false, {}, R"("max_tokens":6)"},
        {R"("max_tokens":5,"max_completion_tokens":6)", true, {}, R"("max_completion_tokens":6)"},
        {R"("max_tokens":5,"max_completion_tokens":6)",
         false,
         {older},
         R"("max_completion_tokens":6)"},
        {R"("max_tokens":5,"max_completion_tokens":null)", true, {}, R"("max_completion_tokens":5)"
        },
        {R"("max_tokens":null)", false, {}, ""},
        {R"("max_tokens":5)", false, {older, later}, ""},
        {R"("max_tokens":5,"max_completion_tokens":6)", true, {older, later}, ""},
    };
    for (const auto& [given, newer, left_out, expected] : cases) {
        DialectOptions dialect;
        dialect.max_completion_tokens = newer;
        const auto body = concat(R"({"model":"m","messages":[],)", given, "}");
        const auto call = sent(body, dialect, left_out).value();
        const auto wanted = expected.empty()
                                ? std::string(hello)
                                : concat(R"({"model":"m","messages":[],)", expected, "}");
        EXPECT_EQ(value_of(call.request.body), value_of(wanted)) << given;
        const bool lost = expected.empty() && given != R"("max_tokens":null)";
        EXPECT_EQ(call.warnings.size(), lost ? 1u : 0u) << given;
    }
}

TEST(CompatibleCall, usage_of_a_stream_is_asked_for_unless_that_was_refused)
{
    const std::string body = R"({"model":"m","messages":[],"stream":true})";
    const auto asks = [&](std::vector<std::string> left_out) {
        return sent(body, {}, std::move(left_out)).value().request.body.contains("include_usage");
    };
    EXPECT_TRUE(asks({}));
    EXPECT_FALSE(asks({"stream_options"}));
    EXPECT_FALSE(asks({"stream_options.include_usage"}));
}

TEST(CompatibleCall, a_field_that_asks_for_nothing_is_dropped_where_it_is_refused)
{
    for (const std::string_view field :
         {R"("n":1)",
          R"("logprobs":false)",
          R"("top_logprobs":0)",
          R"("tools":[ ])",
          R"("response_format":{"type" : "text"})",
          R"("modalities":["text" ])",
          R"("tool_choice":"auto")",
          R"("response_format":null)"}) {
        DialectOptions dialect;
        dialect.unsupported = {
            "n", "logprobs", "top_logprobs", "tools", "response_format", "modalities", "tool_choice"
        };
        const auto call = sent(concat(R"({"model":"m","messages":[],)", field, "}"), dialect);
        ASSERT_TRUE(call) << field;
        EXPECT_EQ(call->request.body, hello) << field;
    }
}

TEST(CompatibleCall, a_field_that_means_something_makes_the_server_unfit_where_it_is_refused)
{
    for (const std::string_view field :
         {R"("n":2)",
          R"("logprobs":true)",
          R"("tools":[{}])",
          R"("functions":[{}])",
          R"("response_format":{"type":"json_object"})",
          R"("modalities":["text","audio"])",
          R"("tool_choice":"required")",
          R"("audio":{})"}) {
        const auto name = field.substr(1, field.find(':') - 2);
        DialectOptions dialect;
        dialect.unsupported = {std::string(name)};
        const auto call = sent(concat(R"({"model":"m","messages":[],)", field, "}"), dialect);
        ASSERT_FALSE(call) << field;
        EXPECT_EQ(call.error().kind, ErrorKind::unfit) << field;
        EXPECT_EQ(call.error().param, name);
    }
}

TEST(CompatibleStream, remembers_a_bounded_number_of_choices_and_calls)
{
    const auto decoder =
        reader_for(fixtures("openai_compatible", "expected.sse").front()).stream_decoder();
    const auto send = [&](std::string_view choices) {
        const auto data = concat(R"({"choices":[)", choices, "]}");
        return read_event(*decoder, {.type = "message", .data = data, .id = {}}).value();
    };
    std::string calls = "{}", choices = "{}";
    for (int i = 0; i < 2000; ++i) {
        calls += R"(,{"function":{"name":"f"}})";
        choices += ",{}";
    }
    const auto called = send(concat(R"({"index":0,"delta":{"tool_calls":[)", calls, "]}}"));
    EXPECT_EQ(called.choices.at(0).tool_calls.size(), 1024u);
    EXPECT_EQ(send(choices).choices.size(), 127u);
}

TEST(CompatibleStream, what_comes_after_the_end_does_not_matter)
{
    const auto decoder =
        reader_for(fixtures("openai_compatible", "expected.sse").front()).stream_decoder();
    const auto send = [&](std::string_view data) {
        return read_event(*decoder, {.type = "message", .data = data, .id = {}});
    };
    EXPECT_FALSE(decoder->complete());
    EXPECT_TRUE(send(R"({"choices":[{"delta":{"content":"Hi"},"finish_reason":"stop"}]})"));
    EXPECT_TRUE(send(" [DONE] "));
    EXPECT_TRUE(decoder->complete());
    EXPECT_TRUE(send("garbage").value().empty());
    EXPECT_TRUE(decoder->finish());
}

}  // namespace
}  // namespace sluice::test
