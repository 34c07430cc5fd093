#include "providers/openai/capabilities.hpp"
#include "support/provider_cases.hpp"

namespace sluice::test {
namespace {

class OpenAiRequest : public testing::TestWithParam<Fixture> {};
TEST_P(OpenAiRequest, is_the_callers_with_a_few_edits)
{
    expect_encodes(GetParam());
    expect_bytes_kept(GetParam());
}
INSTANTIATE_TEST_SUITE_P(
    fixtures, OpenAiRequest, testing::ValuesIn(fixtures("openai", "client.json")), fixture_name
);

class OpenAiAnswer : public testing::TestWithParam<Fixture> {};
TEST_P(OpenAiAnswer, becomes_canonical)
{
    expect_decodes(GetParam());
}
INSTANTIATE_TEST_SUITE_P(
    fixtures, OpenAiAnswer, testing::ValuesIn(fixtures("openai", "expected.json")), fixture_name
);

class OpenAiStream : public testing::TestWithParam<Fixture> {};
TEST_P(OpenAiStream, becomes_canonical_deltas)
{
    expect_replays(GetParam());
}
INSTANTIATE_TEST_SUITE_P(
    fixtures,
    OpenAiStream,
    testing::ValuesIn(fixtures("openai", "upstream_response.sse")),
    fixture_name
);

/// A chat request to a model of OpenAI, as it will be sent.
struct Sent {
    ChatRequest chat;
    Target target;

    explicit Sent(std::string body)
        : chat(chat_of(std::move(body))), target("openai", chat.model, {})
    {
    }
    Result<Call> call(std::vector<std::string> left_out = {}) const
    {
        return find_provider("openai")->translator->encode(chat, target.deployment, left_out);
    }
    boost::json::object body(std::vector<std::string> left_out = {}) const
    {
        return value_of(call(std::move(left_out)).value().request.body).as_object();
    }
};

std::string body_for(std::string_view model, std::string_view more)
{
    return concat(
        R"({"model":")", model, R"(","messages":[{"role":"user","content":"Hi"}])", more, "}"
    );
}

TEST(OpenAiCall, goes_where_the_model_takes_it)
{
    constexpr std::string_view tools = R"(,"tools":[{"type":"function","function":{"name":"f"}}])";
    constexpr std::string_view chat = "/v1/chat/completions", responses = "/v1/responses";
    struct Case {
        std::string_view model;
        bool with_tools;
        std::string_view effort;
        std::string_view path;
    };
    constexpr Case cases[]{
        {"gpt-4o", true, "", chat},
        {"gpt-4.1-mini", true, "high", chat},
        {"ft:gpt-4.1:acme::1", true, "", chat},
        {"o3", true, "high", chat},
        {"o3-pro", false, "", responses},
        {"gpt-5", true, "high", chat},
        {"gpt-5-mini", true, "", chat},
        {"gpt-5-pro", false, "", responses},
        {"gpt-5.2-pro-2025-12-11", false, "", responses},
        {"gpt-5.2", true, "high", chat},
        {"gpt-5.4", true, "", chat},
        {"gpt-5.4-mini", true, "none", chat},
        {"gpt-5.4-mini", true, "low", responses},
        {"gpt-5.4-mini", false, "low", chat},
        {"gpt-5.5", true, "none", chat},
        {"gpt-5.5", true, "high", responses},
        {"gpt-5.6-luna", true, "", responses},
        {"gpt-5.6-luna", true, "none", chat},
        {"gpt-6-luna", false, "", chat},
        {"gpt-6-luna", true, "", responses},
        {"gpt-6-luna", true, "none", chat},
        {"gpt-6-sol", true, "medium", responses},
        {"gpt-6.1-terra", true, "", responses},
        {"gpt-6-astra", true, "none", responses},
        {"gpt-6-astra", false, "", chat},
        {"gpt-6-astra", false, "max", responses},
        {"gpt-6.1-sol", true, "low", responses},
        {"gpt-6.1-sol", false, "xhigh", chat},
        {"gpt-6-sol", false, "max", chat},
        {"gpt-7-nova", true, "high", chat},
        {"production-model", true, "", chat},
    };
    for (const auto& [model, with_tools, effort, path] : cases) {
        std::string more(with_tools ? tools : "");
        if (!effort.empty()) more += concat(R"(,"reasoning_effort":")", effort, "\"");
        const auto call = Sent(body_for(model, more)).call();
        ASSERT_TRUE(call) << call.error().message;
        EXPECT_EQ(call->request.target, path) << model << more;
        EXPECT_NE(call->reader, nullptr);
    }
}

TEST(OpenAiCall, tools_refused_beside_the_effort_go_to_responses)
{
    const Sent sent(
        body_for("gpt-7-nova", R"(,"tools":[{"type":"function","function":{"name":"f"}}])")
    );
    EXPECT_EQ(sent.call({"reasoning_effort"}).value().request.target, "/v1/responses");
}

TEST(OpenAiCall, effort_is_clamped_to_what_the_model_takes)
{
    struct Case {
        std::string_view model;
        std::string_view asked;
        std::string_view sent;
    };
    constexpr Case cases[]{
        {"o3", "minimal", "low"},
        {"o3", "max", "high"},
        {"gpt-5", "none", "minimal"},
        {"gpt-5", "xhigh", "high"},
        {"gpt-5.1", "xhigh", "high"},
        {"gpt-5.1", "minimal", "none"},
        {"gpt-5.4", "max", "xhigh"},
        {"gpt-6-luna", "max", "max"},
        {"gpt-6-astra", "none", "low"},
        {"gpt-6-astra", "minimal", "low"},
        {"gpt-7-nova", "max", "max"},
        {"gpt-5", "brand-new", "brand-new"},
    };
    for (const auto& [model, asked, sent] : cases) {
        const auto call =
            Sent(body_for(model, concat(R"(,"reasoning_effort":")", asked, "\""))).call().value();
        EXPECT_EQ(value_of(call.request.body).at("reasoning_effort").as_string(), sent) << model;
        EXPECT_EQ(call.warnings.size(), asked == sent ? 0u : 1u) << model;
    }
}

TEST(OpenAiCall, sampling_passes_where_the_model_does_not_reason)
{
    struct Case {
        std::string_view model;
        std::string_view more;
        bool passes;
    };
    constexpr Case cases[]{
        {"gpt-4o", R"("temperature":0.2)", true},
        {"gpt-5", R"("temperature":0.2)", false},
        {"gpt-5", R"("temperature":1)", true},
        {"o3", R"("temperature":1.0)", true},
        {"gpt-5.1", R"("temperature":0.2)", true},
        {"gpt-5.2", R"("temperature":0.2,"reasoning_effort":"none")", true},
        {"gpt-5.2", R"("temperature":0.2,"reasoning_effort":"low")", false},
        {"gpt-5.2", R"("temperature":1,"reasoning_effort":"low")", false},
        {"gpt-6-luna", R"("temperature":0.2)", false},
        {"gpt-6-luna", R"("temperature":0.2,"reasoning_effort":"none")", true},
        {"gpt-6-astra", R"("temperature":1)", false},
        {"gpt-7-nova", R"("temperature":0.2)", true},
    };
    for (const auto& [model, more, passes] : cases) {
        const auto call = Sent(body_for(model, concat(",", more))).call().value();
        const auto body = value_of(call.request.body).as_object();
        EXPECT_EQ(body.contains("temperature"), passes) << model << more;
        const auto line = concat("temperature: not accepted by ", model, "; dropped");
        EXPECT_EQ(std::ranges::count(call.warnings, line), passes ? 0 : 1) << model << more;
    }
}

TEST(OpenAiCall, defaults_stand_where_the_caller_set_nothing_and_the_model_takes_them)
{
    struct Case {
        std::string_view model;
        std::string_view more;
        std::string_view tokens;
        std::string_view temperature;
    };
    constexpr Case cases[]{
        {"gpt-4o", "", "1024", "0.7"},
        {"gpt-4o", R"(,"max_tokens":5,"temperature":0)", "5", "0"},
        {"gpt-4o", R"(,"max_tokens":null,"temperature":null)", "1024", "0.7"},
        {"gpt-5", "", "1024", ""},
        {"gpt-5", R"(,"temperature":1)", "1024", "1"},
        {"gpt-6-luna", "", "1024", ""},
    };
    for (const auto& [model, more, tokens, temperature] : cases) {
        Sent sent(body_for(model, more));
        sent.target.deployment.default_max_tokens = "1024";
        sent.target.deployment.default_temperature = "0.7";
        const auto call = sent.call().value();
        const auto body = json::Document::parse(call.request.body).value();
        EXPECT_EQ(body.find("max_completion_tokens"), tokens) << model << more;
        EXPECT_EQ(body.find("temperature").value_or(""), temperature) << model << more;
        EXPECT_FALSE(body.contains("max_tokens"));
        EXPECT_TRUE(call.warnings.empty()) << model << more;
    }
}

TEST(OpenAiCall, leaves_out_what_was_refused_before)
{
    const Sent sent(body_for("gpt-4o", R"(,"max_tokens":5,"seed":7,"temperature":0.5,"n":1)"));
    const auto call = sent.call({"seed", "n", "top_p"}).value();
    const auto body = value_of(call.request.body).as_object();
    EXPECT_FALSE(body.contains("seed"));
    EXPECT_FALSE(body.contains("n"));
    EXPECT_TRUE(body.contains("temperature"));
    EXPECT_EQ(
        call.warnings,
        (std::vector<std::string>{
            "seed: not accepted by gpt-4o; dropped", "n: not accepted by gpt-4o; dropped"
        })
    );
}

TEST(OpenAiCall, is_unfit_where_what_was_refused_has_a_meaning)
{
    const auto call = Sent(body_for("gpt-4o", R"(,"n":2)")).call({"n"});
    ASSERT_FALSE(call);
    EXPECT_EQ(call.error().kind, ErrorKind::unfit);
    EXPECT_EQ(call.error().param, "n");
    EXPECT_NE(call.error().message.find("gpt-4o"), std::string::npos);
}

TEST(OpenAiCall, a_path_inside_the_messages_is_cut_out_of_them_alone)
{
    const Sent sent(
        R"({"model":"gpt-4o","seed":1.0,"messages":[{"role":"user","content":"Hi","name":"x"}, {"role":"user","content":"Ho"}]})"
    );
    const auto call = sent.call({"messages.0.name", "messages.1.name", "messages.9.name"}).value();
    EXPECT_EQ(
        call.request.body,
        R"({"model":"gpt-4o","seed":1.0,"messages":[{"role":"user","content":"Hi"},{"role":"user","content":"Ho"}]})"
    );
    EXPECT_EQ(
        call.warnings, std::vector<std::string>{"messages.0.name: not accepted by gpt-4o; dropped"}
    );
}

TEST(OpenAiCall, carries_key_headers_and_the_wanted_kind_of_answer)
{
    Sent sent(body_for("gpt-4o", R"(,"stream":true)"));
    sent.target.endpoint.headers = {{"OpenAI-Organization", "org-1"}};
    const auto streamed = sent.call().value().request;
    EXPECT_EQ(streamed.method, "POST");
    EXPECT_EQ(find_header(streamed.headers, "authorization"), "Bearer sk-test");
    EXPECT_EQ(find_header(streamed.headers, "content-type"), "application/json");
    EXPECT_EQ(find_header(streamed.headers, "accept"), "text/event-stream");
    EXPECT_EQ(find_header(streamed.headers, "accept-encoding"), "identity");
    EXPECT_EQ(find_header(streamed.headers, "openai-organization"), "org-1");

    const auto whole = Sent(body_for("gpt-4o", "")).call().value().request;
    EXPECT_EQ(find_header(whole.headers, "accept"), "application/json");
}

TEST(OpenAiModels, are_asked_for_with_the_key)
{
    const Target target("openai", "", {});
    const auto request = find_provider("openai")->translator->encode_models(target.endpoint);
    EXPECT_EQ(request.method, "GET");
    EXPECT_EQ(request.target, "/v1/models");
    EXPECT_EQ(find_header(request.headers, "authorization"), "Bearer sk-test");
    EXPECT_TRUE(request.body.empty());
}

Result<Call> embeddings_call(std::string_view provider, std::string body)
{
    EmbeddingsRequest request;
    request.document = json::Document::parse(std::move(body)).value();
    request.model = request.document.find("model").and_then(json::as_string).value_or("");
    const Target target(provider, request.model, find_provider(provider)->dialect);
    return find_provider(provider)->translator->encode_embeddings(request, target.deployment, {});
}

TEST(OpenAiEmbeddings, are_asked_for_as_numbers_unless_the_caller_chose)
{
    const auto call =
        embeddings_call(
            "openai",
            R"({"model":"text-embedding-3-small", "input":["a"],"user":"u","dimensions":8})"
        )
            .value();
    EXPECT_EQ(call.request.target, "/v1/embeddings");
    EXPECT_EQ(
        call.request.body,
        R"({"model":"text-embedding-3-small", "input":["a"],"user":"u","dimensions":8,"encoding_format":"float"})"
    );
    const std::string chosen = R"({"model":"x","input":"a","encoding_format":"base64"})";
    EXPECT_EQ(embeddings_call("openai", chosen).value().request.body, chosen);
}

TEST(OpenAiEmbeddings, unknown_fields_are_dropped_or_passed_as_the_server_takes_them)
{
    const std::string body =
        R"({"model":"m","input":"a","truncate":true,"encoding_format":"float"})";
    const auto call = embeddings_call("openai", body).value();
    EXPECT_EQ(call.request.body, R"({"model":"m","input":"a","encoding_format":"float"})");
    EXPECT_EQ(call.warnings, std::vector<std::string>{"truncate: not accepted by m; dropped"});
    EXPECT_EQ(embeddings_call("openai_compatible", body).value().request.body, body);
}

TEST(OpenAiEmbeddings, a_size_that_the_model_cannot_give_makes_it_unfit)
{
    const auto call = embeddings_call(
        "openai", R"({"model":"text-embedding-ada-002","input":"a","dimensions":8})"
    );
    ASSERT_FALSE(call);
    EXPECT_EQ(call.error().kind, ErrorKind::unfit);
    EXPECT_EQ(call.error().param, "dimensions");
}

TEST(OpenAiEmbeddings, nonsense_is_no_answer)
{
    const auto& openai = *find_provider("openai")->translator;
    for (const auto* body :
         {"",
          "[]",
          "{}",
          R"({"data":[]})",
          R"({"data":[{}]})",
          R"({"data":[{"embedding":[]}]})",
          R"({"data":[{"embedding":["a"]}]})",
          R"({"data":[{"embedding":"!!!!"}]})",
          R"({"data":[{"embedding":"AAA="}]})",
          R"({"data":[{"embedding":"AADAfw=="}]})",
          R"({"data":[1]})"}) {
        const auto answer = openai.decode_embeddings(body);
        ASSERT_FALSE(answer) << body;
        EXPECT_EQ(answer.error().kind, ErrorKind::bad_response) << body;
    }
    EXPECT_EQ(
        openai.decode_embeddings(R"({"error":{"code":"rate_limit_exceeded"}})").error().kind,
        ErrorKind::rate_limited
    );
}

}  // namespace
}  // namespace sluice::test
