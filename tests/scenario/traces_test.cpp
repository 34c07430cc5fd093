#include "support/chat_calls.hpp"
#include "support/fake_collector.hpp"
#include "support/program.hpp"
#include "support/test_gateway.hpp"
#include "telemetry/trace_queue.hpp"

#include <gmock/gmock.h>

#include <csignal>
#include <cstdio>
#include <fstream>

namespace sluice::test {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr auto trace = "4bf92f3577b34da6a3ce929d0e0e4736";
constexpr auto caller_span = "00f067aa0ba902b7";

std::string traceparent(std::string_view flags)
{
    return concat("traceparent: 00-", trace, "-", caller_span, "-", flags, "\r\n");
}

/// Traces to this collector, a batch every 20 ms.
std::function<void(Config&)> to(
    const FakeCollector& collector, std::function<void(Config&)> more = {}
)
{
    return [endpoint = collector.endpoint(), more](Config& config) {
        config.traces.endpoint = endpoint;
        config.traces.interval = 20ms;
        if (more) more(config);
    };
}

/// Waits until every request has closed its account, which may be after its caller has the answer.
void wait_for_accounts(TestGateway& gateway)
{
    EXPECT_TRUE(eventually([&] {
        return gateway.metric(R"(sluice_in_flight_requests{surface="connector"})") == 0;
    }));
}

/// The span id that an upstream was given as its parent, and the flags: "<16 digits>-01".
std::string parent_sent(const FakeUpstream& upstream, int n)
{
    const auto head = upstream.head(n);
    const auto at = head.find("traceparent: 00-");
    return at == head.npos ? "none" : head.substr(at + 16 + 33, 19);
}

TEST(Traces, have_a_span_of_the_request_and_one_of_its_attempt)
{
    FakeUpstream fake(chat_answer("yes"));
    FakeCollector collector;
    TestGateway gateway({{"main", fake.url()}}, to(collector));
    const auto before = std::chrono::system_clock::now().time_since_epoch() / 1ns;
    const auto answer = chat(gateway, "", "x-request-id: me-1\r\n");
    ASSERT_EQ(answer.status, 200);

    const auto spans = collector.spans(2);
    ASSERT_EQ(spans.size(), 2u);
    const auto request = request_of(spans);
    EXPECT_EQ(request.name, "POST /api/v1/{provider}/chat");
    EXPECT_EQ(request.parent_id, "");
    EXPECT_EQ(request.status, 0);
    EXPECT_GE(request.start, before);
    EXPECT_LE(request.end, std::chrono::system_clock::now().time_since_epoch() / 1ns);
    const std::map<std::string, std::string> expected{
        {"http.request.method", R"("POST")"},
        {"http.route", R"("/api/v1/{provider}/chat")"},
        {"http.response.status_code", "200"},
        {"url.scheme", R"("http")"},
        {"url.path", R"("/api/v1/auto/chat")"},
        {"server.address", R"("gateway")"},
        {"sluice.request_id", R"("me-1")"},
    };
    EXPECT_EQ(request.attributes, expected);

    const auto attempt = attempts_of(spans).at(0);
    EXPECT_EQ(attempt.name, "chat fake-model");
    EXPECT_EQ(attempt.trace_id, request.trace_id);
    EXPECT_EQ(attempt.parent_id, request.span_id);
    EXPECT_EQ(attempt.status, 0);
    EXPECT_GE(attempt.start, request.start);
    EXPECT_LE(attempt.end, request.end);
    EXPECT_EQ(attempt.attribute("gen_ai.operation.name"), R"("chat")");
    EXPECT_EQ(attempt.attribute("gen_ai.provider.name"), R"("main")");
    EXPECT_EQ(attempt.attribute("gen_ai.request.model"), R"("fake-model")");
    EXPECT_EQ(attempt.attribute("gen_ai.request.stream"), "false");
    EXPECT_EQ(attempt.attribute("gen_ai.response.id"), R"("chatcmpl-1")");
    EXPECT_EQ(attempt.attribute("gen_ai.response.model"), R"("fake-model")");
    EXPECT_EQ(attempt.attribute("gen_ai.response.finish_reasons"), R"(["stop"])");
    EXPECT_EQ(
        attempt.attribute("gen_ai.usage.input_tokens"), at(answer.body, "/usage/prompt_tokens")
    );
    EXPECT_EQ(
        attempt.attribute("gen_ai.usage.output_tokens"), at(answer.body, "/usage/completion_tokens")
    );
    EXPECT_EQ(attempt.attribute("gen_ai.response.time_to_first_chunk"), "");
    EXPECT_EQ(attempt.attribute("server.address"), R"("127.0.0.1")");
    EXPECT_THAT(fake.url(), HasSubstr(":" + attempt.attribute("server.port") + "/"));
    EXPECT_EQ(parent_sent(fake, 0), attempt.span_id + "-01");
}

TEST(Traces, have_a_span_of_every_attempt_that_failed_before)
{
    FakeUpstream main(status(503)), spare(chat_answer("spare"));
    FakeCollector collector;
    TestGateway gateway(
        {{"main", main.url()}, {"spare", spare.url()}},
        to(collector, [](Config& config) { config.providers[0].retry.max_attempts = 2; })
    );
    const auto answer = chat(gateway);
    ASSERT_EQ(attempts_of(answer), "main upstream_overloaded, main upstream_overloaded, spare ok");

    const auto spans = collector.spans(4);
    const auto attempts = attempts_of(spans);
    ASSERT_EQ(attempts.size(), 3u);
    std::set<std::string> ids;
    for (const auto& attempt : attempts) {
        EXPECT_EQ(attempt.parent_id, request_of(spans).span_id);
        ids.insert(attempt.span_id);
    }
    EXPECT_EQ(ids.size(), 3u);
    for (const int n : {0, 1}) {
        const auto& failed = attempts.at(static_cast<std::size_t>(n));
        EXPECT_EQ(failed.status, 2);
        EXPECT_EQ(failed.attribute("error.type"), R"("upstream_overloaded")");
        EXPECT_EQ(failed.attribute("http.response.status_code"), "503");
        EXPECT_EQ(failed.attribute("gen_ai.usage.input_tokens"), "");
        EXPECT_EQ(parent_sent(main, n), failed.span_id + "-01");
    }
    EXPECT_EQ(attempts.at(2).status, 0);
    EXPECT_EQ(attempts.at(2).attribute("sluice.provider"), R"("spare")");
    EXPECT_EQ(parent_sent(spare, 0), attempts.at(2).span_id + "-01");
    EXPECT_EQ(request_of(spans).status, 0);
}

TEST(Traces, have_a_span_of_a_target_that_was_not_even_asked)
{
    FakeUpstream main(status(401));
    FakeCollector collector;
    TestGateway gateway({{"main", main.url()}}, to(collector));
    chat(gateway);
    chat(gateway);  // the refused key rests
    const auto attempts = attempts_of(collector.spans(4));
    ASSERT_EQ(attempts.size(), 2u);
    EXPECT_EQ(main.requests(), 1);
    EXPECT_EQ(attempts[0].attribute("http.response.status_code"), "401");
    EXPECT_EQ(attempts[1].attribute("http.response.status_code"), "");
    EXPECT_EQ(attempts[1].attribute("error.type"), R"("upstream_auth_failed")");
    EXPECT_LT(attempts[1].end - attempts[1].start, 1'000'000) << "nanoseconds";
}

TEST(Traces, name_the_operation)
{
    FakeUpstream fake(json(R"({"data":[{"index":0,"embedding":[0.5]}],"model":"fake-embedding-2",)"
                           R"("usage":{"prompt_tokens":3,"total_tokens":3}})"));
    FakeCollector collector;
    TestGateway gateway({{"main", fake.url()}}, to(collector));
    ASSERT_EQ(post(gateway.port(), "/api/v1/auto/embeddings", R"({"input":"x"})").status, 200);
    const auto attempt = attempts_of(collector.spans(2)).at(0);
    EXPECT_EQ(attempt.name, "embeddings fake-embedding");
    EXPECT_EQ(attempt.attribute("gen_ai.operation.name"), R"("embeddings")");
    EXPECT_EQ(attempt.attribute("gen_ai.response.model"), R"("fake-embedding-2")");
    EXPECT_EQ(attempt.attribute("gen_ai.usage.input_tokens"), "3");
    EXPECT_EQ(attempt.attribute("gen_ai.response.finish_reasons"), "");
}

TEST(Traces, tell_of_a_request_that_failed_for_good)
{
    FakeUpstream main(status(500));
    FakeCollector collector;
    TestGateway gateway({{"main", main.url()}}, to(collector, [](Config& config) {
                            config.providers[0].retry.max_attempts = 1;
                        }));
    const auto answer = chat(gateway);
    const auto request = request_of(collector.spans(2));
    EXPECT_EQ(request.status, 2);
    EXPECT_EQ(request.attribute("http.response.status_code"), std::to_string(answer.status));
    EXPECT_EQ(request.attribute("error.type"), R"("upstream_error")");
}

TEST(Traces, tell_of_a_caller_at_fault_without_calling_it_an_error)
{
    FakeUpstream main(chat_answer("yes"));
    FakeCollector collector;
    TestGateway gateway({{"main", main.url()}}, to(collector));
    EXPECT_EQ(post(gateway.port(), "/api/v1/auto/chat", "[").status, 400);
    EXPECT_EQ(get(gateway.port(), "/nowhere").status, 404);
    const auto spans = collector.spans(2);
    ASSERT_EQ(spans.size(), 2u);
    EXPECT_EQ(spans[0].attribute("http.response.status_code"), "400");
    EXPECT_NE(spans[0].attribute("error.type"), "");
    EXPECT_EQ(spans[0].status, 0);
    EXPECT_EQ(spans[1].name, "GET");
    EXPECT_EQ(spans[1].attribute("http.route"), "");
}

TEST(Traces, of_a_stream_last_until_its_end)
{
    FakeUpstream fake(chat_stream({"one ", "two ", "three"}, 40ms));
    FakeCollector collector;
    TestGateway gateway({{"main", fake.url()}}, to(collector));
    ASSERT_TRUE(story_of(stream(gateway)).complete());

    const auto spans = collector.spans(2);
    const auto attempt = attempts_of(spans).at(0);
    EXPECT_EQ(attempt.attribute("gen_ai.request.stream"), "true");
    EXPECT_EQ(attempt.attribute("gen_ai.response.finish_reasons"), R"(["stop"])");
    EXPECT_NE(attempt.attribute("gen_ai.response.id"), "");
    const auto first_chunk = std::stod(attempt.attribute("gen_ai.response.time_to_first_chunk"));
    const auto whole = static_cast<double>(attempt.end - attempt.start) / 1e9;
    EXPECT_GE(whole, 0.08);
    EXPECT_GE(whole, first_chunk + 0.04);
    EXPECT_LE(attempt.end, request_of(spans).end);
}

TEST(Traces, of_a_stream_that_broke_off_say_so_behind_its_200)
{
    FakeUpstream fake([](Peer& peer) {
        peer.send(stream_head() + chunked(chunk_event("half an")));
        peer.pause(20ms);
        peer.reset();
        return false;
    });
    FakeCollector collector;
    TestGateway gateway({{"main", fake.url()}}, to(collector));
    ASSERT_TRUE(story_of(stream(gateway)).failed_with("stream_interrupted"));
    const auto spans = collector.spans(2);
    for (const auto& span : spans) {
        EXPECT_EQ(span.status, 2) << span.name;
        EXPECT_EQ(span.attribute("error.type"), R"("stream_interrupted")") << span.name;
        EXPECT_EQ(span.attribute("http.response.status_code"), "200") << span.name;
    }
}

TEST(Traces, of_a_caller_who_left_have_the_attempt_that_was_cut_short)
{
    FakeUpstream fake(hang());
    FakeCollector collector;
    TestGateway gateway({{"main", fake.url()}}, to(collector));
    {
        RawClient client(gateway.port());
        client.send(request_text("POST", "/api/v1/auto/chat", chat_body()));
        ASSERT_TRUE(eventually([&] { return fake.requests() == 1; }));
    }
    const auto spans = collector.spans(2);
    EXPECT_EQ(request_of(spans).attribute("error.type"), R"("cancelled")");
    EXPECT_EQ(request_of(spans).status, 0);
    EXPECT_EQ(attempts_of(spans).at(0).attribute("error.type"), R"("cancelled")");
    EXPECT_EQ(attempts_of(spans).at(0).status, 2);
}

TEST(Traces, go_on_from_where_the_caller_is)
{
    FakeUpstream fake(chat_answer("yes"));
    FakeCollector collector;
    TestGateway gateway({{"main", fake.url()}}, to(collector));
    chat(gateway, "", traceparent("01") + "tracestate: vendor=x\r\n");
    const auto spans = collector.spans(2);
    const auto request = request_of(spans);
    EXPECT_EQ(request.trace_id, trace);
    EXPECT_EQ(request.parent_id, caller_span);
    EXPECT_EQ(request.state, "vendor=x");
    EXPECT_EQ(request.flags, 0x301) << "sampled, and the parent is elsewhere";
    EXPECT_EQ(attempts_of(spans).at(0).flags, 0x101) << "sampled, and the parent is here";
    EXPECT_THAT(fake.head(0), AllOf(HasSubstr(trace), HasSubstr("tracestate: vendor=x")));
}

TEST(Traces, are_not_made_where_the_caller_does_not_sample)
{
    FakeUpstream fake(chat_answer("yes"));
    FakeCollector collector;
    TestGateway gateway({{"main", fake.url()}}, to(collector));
    chat(gateway, "", traceparent("00"));
    chat(gateway);
    EXPECT_EQ(collector.spans(2).size(), 2u) << "the second request's";
    EXPECT_THAT(parent_sent(fake, 0), testing::EndsWith("-00"));
    EXPECT_THAT(parent_sent(fake, 1), testing::EndsWith("-01"));
}

TEST(Traces, are_not_made_where_the_sampler_says_no_and_upstreams_are_told)
{
    FakeUpstream fake(chat_answer("yes"));
    FakeCollector collector;
    {
        TestGateway gateway({{"main", fake.url()}}, to(collector, [](Config& config) {
                                config.traces.sampler = "always_off";
                            }));
        chat(gateway, "", traceparent("01"));
        wait_for_accounts(gateway);
    }
    EXPECT_EQ(collector.requests().requests(), 0);
    EXPECT_THAT(parent_sent(fake, 0), testing::EndsWith("-00"));
}

TEST(Traces, are_in_the_log_line_by_their_ids)
{
    FakeUpstream fake(chat_answer("yes"));
    FakeCollector collector;
    const CapturedLog log;
    TestGateway gateway({{"main", fake.url()}}, to(collector));
    set_log_level("info");
    chat(gateway);
    const auto line = log.line_with("\"msg\":\"request\"");
    const auto request = request_of(collector.spans(2));
    EXPECT_EQ(at(line, "/trace_id"), json::quoted(request.trace_id));
    EXPECT_EQ(at(line, "/span_id"), json::quoted(request.span_id));
    EXPECT_EQ(at(line, "/trace_flags"), R"("01")");
}

TEST(Traces, are_posted_with_their_headers_and_the_resource)
{
    FakeUpstream fake(chat_answer("yes"));
    FakeCollector collector;
    TestGateway gateway({{"main", fake.url()}}, to(collector, [](Config& config) {
                            config.traces.headers = {{"x-team", "search"}};
                            config.traces.service = "edge";
                            config.traces.attributes = {"deployment.environment.name=test"};
                        }));
    chat(gateway);
    collector.spans(2);
    EXPECT_THAT(
        collector.requests().head(0),
        AllOf(
            HasSubstr("POST /v1/traces HTTP/1.1"),
            HasSubstr("x-team: search\r\n"),
            HasSubstr("content-type: application/json\r\n")
        )
    );
    const auto resource = collector.read().resource;
    EXPECT_EQ(resource.at("service.name"), R"("edge")");
    EXPECT_EQ(resource.at("deployment.environment.name"), R"("test")");
    EXPECT_EQ(resource.at("service.version"), json::quoted(SLUICE_VERSION));
}

TEST(Traces, are_sent_together)
{
    FakeUpstream fake(chat_answer("yes"));
    FakeCollector collector;
    TestGateway gateway({{"main", fake.url()}}, to(collector, [](Config& config) {
                            config.traces.interval = 1h;
                            config.traces.batch_size = 6;
                        }));
    for (int n = 0; n < 3; ++n) chat(gateway);
    EXPECT_EQ(collector.spans(6).size(), 6u);
    EXPECT_EQ(collector.requests().requests(), 1);
}

TEST(Collector, that_is_overloaded_is_asked_again)
{
    FakeUpstream fake(chat_answer("yes"));
    FakeCollector collector(in_turn({status(503, "", "Retry-After: 0\r\n"), json("{}")}));
    const auto dropped = spans_dropped();
    TestGateway gateway({{"main", fake.url()}}, to(collector));
    chat(gateway);
    ASSERT_TRUE(eventually([&] { return collector.requests().requests() == 2; }));
    EXPECT_EQ(collector.requests().body(0), collector.requests().body(1));
    EXPECT_EQ(spans_dropped(), dropped);
}

TEST(Collector, that_refuses_costs_its_spans_and_says_so_once)
{
    FakeUpstream fake(chat_answer("yes"));
    FakeCollector collector(status(400));
    const CapturedLog log("warn");
    const auto dropped = spans_dropped();
    TestGateway gateway({{"main", fake.url()}}, to(collector));
    set_log_level("warn");
    chat(gateway);
    ASSERT_TRUE(eventually([&] { return spans_dropped() == dropped + 2; }));
    chat(gateway);
    ASSERT_TRUE(eventually([&] { return spans_dropped() == dropped + 4; }));
    EXPECT_EQ(collector.requests().requests(), 2);
    EXPECT_EQ(gateway.metric("sluice_traces_dropped_total"), static_cast<double>(dropped + 4));
    const auto line = log.line_with("spans were dropped");
    EXPECT_EQ(at(line, "/reason"), R"("the collector answered 400")");
    EXPECT_EQ(log.text().find("spans were dropped"), log.text().rfind("spans were dropped"));
}

TEST(Collector, that_takes_a_part_leaves_the_rest_counted)
{
    FakeUpstream fake(chat_answer("yes"));
    FakeCollector collector(
        json(R"({"partialSuccess":{"rejectedSpans":"1","errorMessage":"too old"}})")
    );
    const auto dropped = spans_dropped();
    TestGateway gateway({{"main", fake.url()}}, to(collector));
    chat(gateway);
    EXPECT_TRUE(eventually([&] { return spans_dropped() == dropped + 1; }));
}

/// Calls that a collector must not disturb: each is answered, and in no time.
void expect_undisturbed(TestGateway& gateway, int calls)
{
    for (int n = 0; n < calls; ++n) {
        const auto started = Clock::now();
        EXPECT_EQ(content_of(chat(gateway)), "yes");
        EXPECT_LT(Clock::now() - started, 1s);
    }
    wait_for_accounts(gateway);
}

TEST(Collector, that_is_silent_fills_the_queue_and_disturbs_nobody)
{
    FakeUpstream fake(chat_answer("yes"));
    FakeCollector collector(hang());
    const auto dropped = spans_dropped();
    {
        TestGateway gateway({{"main", fake.url()}}, to(collector, [](Config& config) {
                                config.traces.queue_size = 4;
                                config.traces.timeout = 300ms;
                            }));
        chat(gateway);
        ASSERT_TRUE(eventually([&] { return collector.requests().requests() == 1; }));
        expect_undisturbed(gateway, 5);  // two wait, three are dropped
        EXPECT_TRUE(eventually([&] { return spans_dropped() == dropped + 6; }));
        const auto told = Clock::now();
        gateway.gateway().stop();
        EXPECT_LT(Clock::now() - told, 2s);
    }
    EXPECT_EQ(spans_dropped(), dropped + 12) << "whatever was not delivered is counted";
}

TEST(Collector, that_is_down_disturbs_nobody)
{
    FakeUpstream fake(chat_answer("yes"));
    auto gone = std::make_unique<FakeCollector>();
    const auto change = to(*gone);
    gone.reset();
    const auto dropped = spans_dropped();
    {
        TestGateway gateway({{"main", fake.url()}}, change);
        expect_undisturbed(gateway, 5);
    }
    EXPECT_EQ(spans_dropped(), dropped + 10);
}

TEST(Shutdown, sends_the_spans_that_wait)
{
    FakeUpstream fake(chat_answer("yes"));
    FakeCollector collector;
    {
        TestGateway gateway({{"main", fake.url()}}, to(collector, [](Config& config) {
                                config.traces.interval = 1h;
                            }));
        chat(gateway);
        wait_for_accounts(gateway);
        EXPECT_EQ(collector.requests().requests(), 0);
    }
    EXPECT_EQ(collector.spans(2).size(), 2u);
}

TEST(Shutdown, of_the_program_sends_what_opentelemetrys_variables_ask_for)
{
    FakeCollector collector;
    const auto directory = concat("/tmp/sluice-traces-", std::to_string(getpid()));
    const auto file = directory + ".env";
    const auto base = collector.endpoint().substr(0, collector.endpoint().find("/v1"));
    std::ofstream(file) << "OTEL_EXPORTER_OTLP_ENDPOINT=" << base
                        << "\nOTEL_BSP_SCHEDULE_DELAY=3600000\nOTEL_SERVICE_NAME=edge\n"
                           "OTEL_EXPORTER_OTLP_HEADERS=authorization=Bearer%20sk-otel\n"
                           "OTEL_EXPORTER_OTLP_PROTOCOL=grpc\n";
    Program program(
        SLUICE_BINARY, {"--env-file", file, "--demo", "--listen", "127.0.0.1:0", "--workers", "1"}
    );
    const auto line = program.line_with("\"msg\":\"listening\"");
    const auto address = unquoted(at(line, "/address"));
    const auto port = static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)));
    EXPECT_EQ(get(port, "/livez").status, 200);
    program.signal(SIGTERM);
    program.signal(SIGTERM);
    EXPECT_EQ(program.wait(), 0);
    std::remove(file.c_str());

    EXPECT_THAT(program.output(), HasSubstr("OTEL_EXPORTER_OTLP_PROTOCOL"));
    EXPECT_THAT(program.output(), Not(HasSubstr("sk-otel")));
    EXPECT_EQ(collector.spans(1).front().attribute("http.route"), R"("/livez")");
    EXPECT_THAT(collector.requests().head(0), HasSubstr("authorization: Bearer sk-otel"));
    EXPECT_EQ(collector.read().resource.at("service.name"), R"("edge")");
}

}  // namespace
}  // namespace sluice::test
