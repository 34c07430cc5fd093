#include "config/load.hpp"
#include "providers/registry.hpp"
#include "support/calls.hpp"
#include "support/fake_upstream.hpp"
#include "support/test_gateway.hpp"

#include <gmock/gmock.h>

#include <algorithm>

namespace sluice::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

constexpr auto chat_path = "/api/v1/auto/chat";

TEST(Connector, answers_a_chat_with_every_member_of_the_contract)
{
    FakeUpstream fake(chat_answer("Plants turn light into sugar."));
    TestGateway gateway({{"main", fake.url()}});

    const auto answer = post(gateway.port(), chat_path, chat_body(R"("temperature":0.7)"));

    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.header("content-type"), "application/json");
    EXPECT_EQ(at(answer.body, "/success"), "true");
    EXPECT_EQ(at(answer.body, "/message/role"), R"("assistant")");
    EXPECT_EQ(at(answer.body, "/message/content"), R"("Plants turn light into sugar.")");
    EXPECT_EQ(at(answer.body, "/message/model"), R"("fake-model")");
    EXPECT_EQ(at(answer.body, "/usage/prompt_tokens"), "3");
    EXPECT_EQ(at(answer.body, "/usage/completion_tokens"), "2");
    EXPECT_EQ(at(answer.body, "/usage/total_tokens"), "5");
    EXPECT_EQ(at(answer.body, "/provider"), R"("main")");
    EXPECT_EQ(at(answer.body, "/finish_reason"), R"("stop")");
    EXPECT_EQ(at(answer.body, "/id"), R"("chatcmpl-1")");
    EXPECT_EQ(at(answer.body, "/cost_usd"), "null");
    EXPECT_EQ(at(answer.body, "/message/tool_calls"), "(none)");
    EXPECT_EQ(at(answer.body, "/warnings"), "(none)");
    EXPECT_EQ(
        at(answer.body, "/request_id"), '"' + std::string(answer.header("x-request-id")) + '"'
    );
    EXPECT_THAT(fake.body(0), HasSubstr(R"("temperature":0.7)"));
    EXPECT_THAT(fake.head(0), HasSubstr("Bearer sk-upstream-main"));
    EXPECT_THAT(fake.head(0), MatchesRegex("POST /v1/chat/completions HTTP/1.1\r\n.*"));
}

TEST(Connector, tells_in_headers_who_answered_and_how_long_it_took)
{
    FakeUpstream fake(chat_answer("yes"));
    TestGateway gateway({{"main", fake.url()}});
    const auto answer = post(gateway.port(), chat_path, chat_body());
    EXPECT_EQ(answer.header("x-sluice-provider"), "main");
    EXPECT_EQ(answer.header("x-sluice-model"), "fake-model");
    EXPECT_THAT(
        std::string(answer.header("x-sluice-attempts")),
        MatchesRegex("main/fake-model;outcome=ok;status=200;ms=[0-9]+")
    );
    EXPECT_EQ(answer.header("x-sluice-cache"), "none");
    EXPECT_THAT(
        std::string(answer.header("server-timing")),
        MatchesRegex("gateway;dur=[0-9.]+, upstream;dur=[0-9.]+")
    );
}

TEST(Connector, echoes_a_sane_request_id_and_replaces_any_other)
{
    FakeUpstream fake(chat_answer("yes"));
    TestGateway gateway({{"main", fake.url()}});
    const auto id_for = [&](const std::string& given) {
        const auto answer =
            post(gateway.port(), chat_path, chat_body(), "X-Request-Id: " + given + "\r\n");
        return std::string(answer.header("x-request-id"));
    };
    EXPECT_EQ(id_for("order-7:a.b_c"), "order-7:a.b_c");
    EXPECT_THAT(fake.head(0), HasSubstr("x-request-id: order-7:a.b_c\r\n"));
    const auto replaced = id_for("no good\"id");
    EXPECT_EQ(replaced.size(), 36U);
    EXPECT_EQ(id_for(std::string(129, 'a')).size(), 36U);
    EXPECT_THAT(fake.head(1), HasSubstr("x-request-id: " + replaced + "\r\n"));
    EXPECT_EQ(get(gateway.port(), "/nowhere").header("x-request-id").size(), 36U);
}

TEST(Connector, passes_the_trace_on_as_a_child_of_the_callers_span)
{
    FakeUpstream fake(chat_answer("yes"));
    TestGateway gateway({{"main", fake.url()}});
    const std::string trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    const std::string span = "00f067aa0ba902b7";
    post(
        gateway.port(),
        chat_path,
        chat_body(),
        "traceparent: 00-" + trace + "-" + span + "-01\r\ntracestate: vendor=x\r\n"
    );
    EXPECT_THAT(fake.head(0), HasSubstr("traceparent: 00-" + trace + "-"));
    EXPECT_THAT(fake.head(0), Not(HasSubstr(span)));
    EXPECT_THAT(fake.head(0), HasSubstr("tracestate: vendor=x\r\n"));
}

TEST(Connector, gives_embeddings_in_the_order_of_the_input)
{
    FakeUpstream fake(json(R"({"object":"list","model":"fake-embedding","data":[)"
                           R"({"object":"embedding","index":1,"embedding":[0.3,0.4]},)"
                           R"({"object":"embedding","index":0,"embedding":[0.10,-2e-3]}],)"
                           R"("usage":{"prompt_tokens":42,"total_tokens":42}})"));
    TestGateway gateway({{"main", fake.url()}});
    const auto answer = post(gateway.port(), "/api/v1/main/embeddings", R"({"input":["a","b"]})");
    EXPECT_EQ(answer.status, 200);
    EXPECT_THAT(answer.body, HasSubstr(R"("embeddings":[[0.10,-2e-3],[0.3,0.4]])"));
    EXPECT_EQ(at(answer.body, "/success"), "true");
    EXPECT_EQ(at(answer.body, "/model"), R"("fake-embedding")");
    EXPECT_EQ(at(answer.body, "/usage"), R"({"prompt_tokens":42,"total_tokens":42})");
    EXPECT_EQ(answer.header("x-sluice-model"), "fake-embedding");
    EXPECT_EQ(at(fake.body(0), "/input"), R"(["a","b"])");
}

TEST(Connector, lists_the_live_models_with_what_the_table_knows_of_them)
{
    FakeUpstream fake(
        json(R"({"object":"list","data":[{"id":"gpt-6-luna","object":"model","owned_by":"openai"},)"
             R"({"id":"brand-new","object":"model","owned_by":"openai"}]})")
    );
    TestGateway gateway({{"main", fake.url()}}, [](Config& config) {
        config.providers[0].type = "openai";
    });
    const auto list = get(gateway.port(), "/api/v1/main/models");
    EXPECT_EQ(list.status, 200);
    EXPECT_EQ(at(list.body, "/success"), "true");
    const auto* known = ModelTable::built_in().find("openai", "gpt-6-luna");
    ASSERT_NE(known, nullptr);
    EXPECT_EQ(at(list.body, "/models/0/id"), R"("gpt-6-luna")");
    EXPECT_EQ(at(list.body, "/models/0/context_window"), std::to_string(known->context_window));
    EXPECT_NE(at(list.body, "/models/0/input_price"), "(none)");
    EXPECT_EQ(at(list.body, "/models/1/id"), R"("brand-new")");
    EXPECT_EQ(at(list.body, "/models/1/context_window"), "(none)");

    get(gateway.port(), "/api/v1/main/models");
    EXPECT_EQ(fake.requests(), 1) << "the list is kept for a few minutes";
}

TEST(Connector, lists_the_table_alone_where_no_key_is_set)
{
    auto config = test_config({{"main", "https://api.invalid/v1"}});
    config.providers[0].type = "mistral";
    config.providers[0].api_key.clear();
    TestGateway gateway(std::move(config));
    const auto list = get(gateway.port(), "/api/v1/main/models");
    EXPECT_EQ(list.status, 200);
    const auto known = ModelTable::built_in().of_provider("mistral");
    ASSERT_FALSE(known.empty());
    EXPECT_EQ(at(list.body, "/models/0/id"), '"' + known[0]->id + '"');
    EXPECT_NE(at(list.body, "/models/" + std::to_string(known.size() - 1)), "(none)");
}

std::vector<std::string> stream_lines(std::uint16_t port, const char* path, const char* more)
{
    const auto answer = post(port, path, chat_body(more), "X-Request-Id: same\r\n");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.header("content-type"), "text/event-stream");
    EXPECT_EQ(answer.header("cache-control"), "no-cache, no-transform");
    EXPECT_EQ(answer.header("x-accel-buffering"), "no");
    EXPECT_EQ(answer.header("x-sluice-provider"), "main");
    EXPECT_TRUE(answer.complete);
    std::vector<std::string> lines;
    for (std::size_t begin = 0; begin < answer.body.size();) {
        const auto end = answer.body.find("\n\n", begin);
        auto line = answer.body.substr(begin, end - begin);
        begin = end + 2;
        // The second in which a stream was made is all that may differ.
        if (const auto created = line.find(R"("created":)"); created != std::string::npos)
            line.erase(created, line.find(',', created) - created + 1);
        lines.push_back(std::move(line));
    }
    return lines;
}

TEST(Connector, streams_alike_by_path_and_by_field)
{
    FakeUpstream fake(chat_stream({"Hel", "lo"}));
    TestGateway gateway({{"main", fake.url()}});
    const auto by_path = stream_lines(gateway.port(), "/api/v1/main/chat/stream", "");
    const auto by_field = stream_lines(gateway.port(), "/api/v1/main/chat", R"("stream":true)");
    EXPECT_EQ(by_path, by_field);
    ASSERT_GE(by_path.size(), 4U);
    EXPECT_EQ(by_path.back(), "data: [DONE]");
    std::string text;
    for (const auto& line : by_path) {
        ASSERT_TRUE(line.starts_with("data: "));
        const auto content = at(line.substr(6), "/choices/0/delta/content");
        if (content.starts_with('"')) text += content.substr(1, content.size() - 2);
    }
    EXPECT_EQ(text, "Hello");
    EXPECT_EQ(at(fake.body(0), "/stream"), "true");
}

TEST(Connector, an_unknown_provider_is_404_naming_those_that_exist)
{
    FakeUpstream fake(chat_answer("never"));
    TestGateway gateway({{"first", fake.url()}, {"second", fake.url()}});
    const auto answer = post(gateway.port(), "/api/v1/nobody/chat", chat_body());
    EXPECT_EQ(answer.status, 404);
    EXPECT_EQ(at(answer.body, "/success"), "false");
    EXPECT_EQ(at(answer.body, "/error/code"), R"("unknown_provider")");
    EXPECT_THAT(
        at(answer.body, "/error/message"),
        AllOf(HasSubstr("first"), HasSubstr("second"), HasSubstr("auto"))
    );
    EXPECT_EQ(answer.header("x-should-retry"), "false");
    EXPECT_EQ(fake.requests(), 0);
}

TEST(Connector, an_unknown_path_is_404_and_a_wrong_method_405_with_allow)
{
    FakeUpstream fake(chat_answer("never"));
    TestGateway gateway({{"main", fake.url()}});
    const auto nowhere = get(gateway.port(), "/api/v2/main/chat");
    EXPECT_EQ(nowhere.status, 404);
    EXPECT_EQ(at(nowhere.body, "/error/code"), R"("not_found")");
    const auto wrong = get(gateway.port(), "/api/v1/main/chat");
    EXPECT_EQ(wrong.status, 405);
    EXPECT_EQ(wrong.header("allow"), "POST");
    EXPECT_EQ(at(wrong.body, "/error/code"), R"("method_not_allowed")");
}

TEST(Connector, a_field_that_breaks_a_rule_is_422_with_its_path)
{
    FakeUpstream fake(chat_answer("never"));
    TestGateway gateway({{"main", fake.url()}});
    const struct {
        std::string body, param;
    } cases[] = {
        {R"({"model":"m"})", "messages"},
        {R"({"messages":[]})", "messages"},
        {R"({"messages":[{"role":"user","content":"hi"},{"role":"king","content":"hi"}]})",
         "messages[1].role"},
        {chat_body(R"("temperature":2.5)"), "temperature"},
        {chat_body(R"("max_tokens":0)"), "max_tokens"},
        {chat_body(R"("presence_penalty":"high")"), "presence_penalty"},
        {chat_body(R"("verbosity":"loud")"), "verbosity"},
    };
    for (const auto& [body, param] : cases) {
        const auto answer = post(gateway.port(), chat_path, body);
        EXPECT_EQ(answer.status, 422) << body;
        EXPECT_EQ(at(answer.body, "/error/param"), '"' + param + '"') << answer.body;
        EXPECT_EQ(at(answer.body, "/error/type"), R"("invalid_request")") << body;
        EXPECT_EQ(at(answer.body, "/error/retryable"), "false") << body;
    }
    EXPECT_EQ(fake.requests(), 0);
}

TEST(Connector, what_is_no_sound_json_is_400)
{
    FakeUpstream fake(chat_answer("never"));
    TestGateway gateway({{"main", fake.url()}});
    const auto nested = [](int depth) {  // the object around it is one level more
        return chat_body(
            R"("x":)" + std::string(static_cast<std::size_t>(depth - 1), '[') +
            std::string(static_cast<std::size_t>(depth - 1), ']')
        );
    };
    for (const auto& body : {
             std::string("{\"messages\":[}"),
             std::string("hello"),
             nested(33),
             std::string("{\"messages\":[{\"role\":\"user\",\"content\":\"\xc3\x28\"}]}"),
         }) {
        const auto answer = post(gateway.port(), chat_path, body);
        EXPECT_EQ(answer.status, 400) << body;
        EXPECT_EQ(at(answer.body, "/error/code"), R"("malformed_request")") << answer.body;
    }
    EXPECT_EQ(fake.requests(), 0);
    EXPECT_EQ(post(gateway.port(), chat_path, nested(32)).status, 200);
}

TEST(Connector, a_body_over_the_limit_is_413_before_it_is_sent)
{
    FakeUpstream fake(chat_answer("never"));
    TestGateway gateway({{"main", fake.url()}}, [](Config& config) {
        config.server.max_body = 1000;
    });
    RawClient client(gateway.port());
    client.send("POST /api/v1/auto/chat HTTP/1.1\r\nHost: g\r\nContent-Length: 1001\r\n\r\n");
    const auto answer = client.read_response();
    EXPECT_EQ(answer.status, 413);
    EXPECT_EQ(at(answer.body, "/error/code"), R"("payload_too_large")");
}

TEST(Connector, warns_of_a_tuning_field_that_was_left_out)
{
    FakeUpstream fake(chat_answer("yes"));
    TestGateway gateway({{"main", fake.url()}}, [](Config& config) {
        config.providers[0].dialect.unsupported = {"seed"};
    });
    const auto answer = post(gateway.port(), chat_path, chat_body(R"("seed":7)"));
    EXPECT_EQ(answer.status, 200);
    EXPECT_THAT(at(answer.body, "/warnings/0"), HasSubstr("seed"));
    EXPECT_EQ(at(fake.body(0), "/seed"), "(none)");
}

TEST(Connector, warns_in_a_header_where_the_body_is_a_stream)
{
    FakeUpstream fake(chat_stream({"yes"}));
    TestGateway gateway({{"main", fake.url()}}, [](Config& config) {
        config.providers[0].dialect.unsupported = {"seed"};
    });
    const auto stream = post(gateway.port(), chat_path, chat_body(R"("seed":7,"stream":true)"));
    EXPECT_EQ(stream.status, 200);
    EXPECT_THAT(std::string(stream.header("x-sluice-warnings")), HasSubstr("seed"));
}

TEST(Connector, hands_tool_calls_through)
{
    FakeUpstream fake(json(
        R"({"id":"c","object":"chat.completion","created":1,"model":"fake-model","choices":[{"index":0,)"
        R"("message":{"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function",)"
        R"("function":{"name":"weather","arguments":"{\"city\":\"Oslo\"}"}}]},"finish_reason":"tool_calls"}],)"
        R"("usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5}})"
    ));
    TestGateway gateway({{"main", fake.url()}});
    const auto tools =
        R"("tools":[{"type":"function","function":{"name":"weather","parameters":{"type":"object"}}}])";
    const auto answer = post(gateway.port(), chat_path, chat_body(tools));
    EXPECT_EQ(at(answer.body, "/message/content"), "null");
    EXPECT_EQ(at(answer.body, "/message/tool_calls/0/id"), R"("call_1")");
    EXPECT_EQ(at(answer.body, "/message/tool_calls/0/function/name"), R"("weather")");
    EXPECT_EQ(
        at(answer.body, "/message/tool_calls/0/function/arguments"), R"("{\"city\":\"Oslo\"}")"
    );
    EXPECT_EQ(at(answer.body, "/finish_reason"), R"("tool_calls")");
    EXPECT_EQ(at(fake.body(0), "/tools/0/function/name"), R"("weather")");
}

TEST(Connector, provider_slash_model_on_a_route_chooses_that_target)
{
    FakeUpstream first(chat_answer("first")), second(chat_answer("second"));
    TestGateway gateway({{"first", first.url()}, {"second", second.url()}});
    const auto answer =
        post(gateway.port(), chat_path, chat_body(R"("model":"second/fake-model")"));
    EXPECT_EQ(answer.header("x-sluice-provider"), "second");
    EXPECT_EQ(at(second.body(0), "/model"), R"("fake-model")");
    EXPECT_EQ(first.requests(), 0);
}

TEST(Connector, counts_the_cost_with_configured_prices)
{
    FakeUpstream fake(chat_answer("yes"));  // 3 tokens in, 2 out
    TestGateway gateway({{"main", fake.url()}}, [](Config& config) {
        ModelOverride model;
        model.id = "fake-model";
        model.input_price = 1000;
        model.output_price = 500000;
        config.providers[0].models.push_back(model);
    });
    const auto answer = post(gateway.port(), chat_path, chat_body());
    EXPECT_NEAR(std::stod(at(answer.body, "/cost_usd")), 1.003, 1e-9);
    const auto cost_of = [&](const std::string& kind) {
        return gateway.metric(
            R"(sluice_cost_usd_total{kind=")" + kind + R"(",model="fake-model",provider="main"})"
        );
    };
    EXPECT_NEAR(cost_of("input"), 0.003, 1e-9);
    EXPECT_NEAR(cost_of("output"), 1, 1e-9);
}

TEST(Connector, lets_pages_of_a_configured_origin_call)
{
    FakeUpstream fake(chat_answer("yes"));
    TestGateway gateway({{"main", fake.url()}}, [](Config& config) {
        config.cors.origins = {"https://app.example.com"};
    });
    const auto port = gateway.port();
    const std::string ours = "Origin: https://app.example.com\r\n";
    const std::string foreign = "Origin: https://evil.example.com\r\n";
    const std::string asking = "Access-Control-Request-Method: POST\r\n";

    const auto preflight = call(port, "OPTIONS", chat_path, "", ours + asking);
    EXPECT_EQ(preflight.status, 204);
    EXPECT_EQ(preflight.header("access-control-allow-origin"), "https://app.example.com");
    EXPECT_THAT(std::string(preflight.header("access-control-allow-methods")), HasSubstr("POST"));
    EXPECT_THAT(
        std::string(preflight.header("access-control-allow-headers")),
        AllOf(HasSubstr("authorization"), HasSubstr("content-type"))
    );
    const auto allowed_of = [&](const std::string& wanted) {
        const auto headers = ours + asking + "Access-Control-Request-Headers: " + wanted + "\r\n";
        return std::string(
            call(port, "OPTIONS", chat_path, "", headers).header("access-control-allow-headers")
        );
    };
    EXPECT_EQ(allowed_of("x-stainless-os,anthropic-version"), "x-stainless-os,anthropic-version");
    EXPECT_EQ(allowed_of("a: b"), "authorization, content-type");

    const auto answer = post(port, chat_path, chat_body(), ours);
    EXPECT_EQ(answer.header("access-control-allow-origin"), "https://app.example.com");
    EXPECT_EQ(answer.header("vary"), "origin");
    EXPECT_THAT(
        std::string(answer.header("access-control-expose-headers")),
        AllOf(HasSubstr("x-request-id"), HasSubstr("retry-after"), HasSubstr("x-sluice-provider"))
    );
    EXPECT_EQ(
        post(port, "/api/v1/x/chat", "{}", ours).header("access-control-allow-origin"),
        "https://app.example.com"
    ) << "errors too, or a page could not read them";

    EXPECT_EQ(
        call(port, "OPTIONS", chat_path, "", foreign + asking)
            .header("access-control-allow-origin"),
        ""
    );
    EXPECT_EQ(get(port, "/health", foreign).header("access-control-allow-origin"), "");
}

TEST(Connector, answers_head_like_get_without_the_body)
{
    TestGateway gateway({{"main", "http://127.0.0.1:1/v1"}});
    RawClient client(gateway.port());
    const auto head = client.send(request_text("HEAD", "/health")).read_response("HEAD");
    const auto whole = client.send(request_text("GET", "/health")).read_response();
    EXPECT_EQ(head.status, 200);
    EXPECT_EQ(head.header("content-length"), whole.header("content-length"));
    EXPECT_EQ(at(whole.body, "/status"), R"("healthy")");
}

TEST(Connector, unknown_fields_reach_a_compatible_provider_byte_for_byte)
{
    FakeUpstream fake(chat_answer("yes"));
    TestGateway gateway({{"main", fake.url()}});
    const std::string odd =
        R"("top_k":12345678901234567890123,"twice":{"a":1},"twice":{"b":1.50e+3},"sp" : [ 1 ,2.0])";
    EXPECT_EQ(post(gateway.port(), chat_path, chat_body(odd)).status, 200);
    EXPECT_THAT(fake.body(0), HasSubstr(odd));
}

TEST(Connector, health_tells_of_every_provider)
{
    auto config = test_config({{"openai", "https://api.invalid/v1"}});
    config.providers[0].api_key.clear();
    config.providers[0].type = "openai";
    FakeUpstream fake(chat_answer("yes"));
    auto other = test_config({{"mistral", fake.url()}}).providers[0];
    config.providers.push_back(other);
    TestGateway gateway(std::move(config));
    const auto before = get(gateway.port(), "/health");
    EXPECT_EQ(at(before.body, "/service"), R"("sluice")");
    EXPECT_EQ(at(before.body, "/openai_configured"), "false");
    EXPECT_EQ(at(before.body, "/mistral_configured"), "true");
    EXPECT_EQ(at(before.body, "/providers/mistral/breaker"), R"("closed")");
    EXPECT_EQ(at(before.body, "/providers/mistral/last_success"), "null");
    post(gateway.port(), "/api/v1/mistral/chat", chat_body());
    EXPECT_THAT(
        at(get(gateway.port(), "/api/health").body, "/providers/mistral/last_success"),
        MatchesRegex(R"("20[0-9-]+T[0-9:]+Z")")
    );
}

TEST(Connector, every_type_of_the_registry_may_be_configured_by_default)
{
    const ConfigSources sources;
    for (const auto& entry : providers())
        EXPECT_TRUE(std::ranges::count(sources.provider_types, entry.type) == 1) << entry.type;
    EXPECT_EQ(sources.provider_types.size(), providers().size());
}

}  // namespace
}  // namespace sluice::test
