#include "telemetry/otlp_json.hpp"

#include "support/otlp.hpp"
#include "telemetry/genai_provider.hpp"

#include <gmock/gmock.h>

namespace sluice {
namespace {

using namespace std::chrono_literals;
using test::OtlpReader;
using testing::HasSubstr;
using testing::Not;

/// A streamed chat that came from its second target.
RequestTrace fallback()
{
    RequestTrace trace;
    auto& [record, details] = trace;
    record.request_id = "r-1";
    record.trace_id = "4bf92f3577b34da6a3ce929d0e0e4736";
    record.span_id = "1111111111111111";
    record.trace_flags = "03";
    record.method = "POST";
    record.path = "/v1/chat/completions";
    record.status = 200;
    record.stream = true;
    record.ttft = 700ms;
    record.usage = Usage{
        .prompt = 10,
        .completion = 5'000'000'000,
        .total = 5'000'000'010,
        .cached = 4,
        .cache_write = 3,
        .reasoning = 2,
    };
    record.cost_usd = 0.00025;
    details.route = "/v1/chat/completions";
    details.host = "[::1]:8006";
    details.operation = "chat";
    details.response_id = "chatcmpl-1";
    details.response_model = "mistral-small-2603";
    details.finish = {FinishReason::stop, FinishReason::length};
    details.wall = std::chrono::system_clock::time_point(1'800'000'000s + 123'456'789ns);
    details.now = TimePoint(1000s);
    details.arrived = TimePoint(998s);
    details.ended = TimePoint(999s + 1ns);
    record.attempts.push_back({
        .provider = "openai",
        .model = "gpt-6-luna",
        .error = ErrorKind::overloaded,
        .status = 503,
        .took = 100ms,
        .started = TimePoint(998s + 1ms),
        .ended = TimePoint(998s + 101ms),
        .stream = true,
        .provider_type = "openai",
        .span_id = "2222222222222222",
        .origin = {.tls = true, .host = "api.openai.com", .port = 443},
    });
    record.attempts.push_back({
        .provider = "mistral",
        .model = "mistral-small-latest",
        .status = 200,
        .started = TimePoint(998s + 101ms),
        .answered = TimePoint(998s + 101ms + 250us),
        .ended = TimePoint(999s),
        .stream = true,
        .provider_type = "mistral",
        .span_id = "3333333333333333",
        .origin = {.tls = true, .host = "api.mistral.ai", .port = 443},
    });
    return trace;
}

OtlpReader read(const RequestTrace& trace, const TraceConfig& config = {})
{
    OtlpReader reader;
    reader.read(otlp_json(std::span(&trace, 1), config));
    return reader;
}

TEST(OtlpJson, spells_ids_times_kinds_and_numbers_as_the_protocol_demands)
{
    const auto trace = fallback();
    const auto text = otlp_json(std::span(&trace, 1), {});
    EXPECT_THAT(text, HasSubstr(R"("traceId":"4bf92f3577b34da6a3ce929d0e0e4736")"));
    EXPECT_THAT(
        text, HasSubstr(R"("spanId":"2222222222222222","parentSpanId":"1111111111111111")")
    );
    EXPECT_THAT(text, HasSubstr(R"("kind":3)"));
    EXPECT_THAT(text, HasSubstr(R"("startTimeUnixNano":"1799999998123456789")"));
    EXPECT_THAT(text, HasSubstr(R"("endTimeUnixNano":"1799999999123456790")"));
    EXPECT_THAT(
        text, HasSubstr(R"({"key":"gen_ai.usage.output_tokens","value":{"intValue":"5000000000"}})")
    );
    EXPECT_THAT(text, HasSubstr(R"({"key":"sluice.cost_usd","value":{"doubleValue":0.00025}})"));
    EXPECT_THAT(text, HasSubstr(R"({"key":"gen_ai.request.stream","value":{"boolValue":true}})"));
    EXPECT_THAT(
        text,
        HasSubstr(
            R"("value":{"arrayValue":{"values":[{"stringValue":"stop"},{"stringValue":"length"}]}})"
        )
    );
    EXPECT_THAT(text, HasSubstr(R"("status":{"code":2})"));
}

TEST(OtlpJson, has_a_client_span_below_the_request_for_each_attempt)
{
    const auto spans = read(fallback()).spans;
    ASSERT_EQ(spans.size(), 3u);
    EXPECT_EQ(spans[0].name, "POST /v1/chat/completions");
    EXPECT_EQ(spans[0].attribute("server.address"), R"("::1")");
    EXPECT_EQ(spans[0].attribute("server.port"), "8006");
    EXPECT_EQ(spans[1].name, "chat gpt-6-luna");
    EXPECT_EQ(spans[1].attribute("gen_ai.provider.name"), R"("openai")");
    EXPECT_EQ(spans[1].attribute("error.type"), R"("upstream_overloaded")");
    EXPECT_EQ(spans[1].attribute("gen_ai.response.id"), "");
    EXPECT_EQ(spans[2].attribute("gen_ai.provider.name"), R"("mistral_ai")");
    EXPECT_EQ(spans[2].attribute("gen_ai.response.id"), R"("chatcmpl-1")");
    EXPECT_EQ(spans[2].attribute("gen_ai.response.model"), R"("mistral-small-2603")");
    EXPECT_EQ(spans[2].attribute("gen_ai.usage.input_tokens"), "10");
    EXPECT_EQ(spans[2].attribute("gen_ai.usage.cache_read.input_tokens"), "4");
    EXPECT_EQ(spans[2].attribute("gen_ai.usage.reasoning.output_tokens"), "2");
    EXPECT_EQ(std::stod(spans[2].attribute("gen_ai.response.time_to_first_chunk")), 0.00025);
    for (const auto& span : spans) EXPECT_EQ(span.flags, 0x103);
}

TEST(OtlpJson, has_the_names_of_the_version_that_is_asked_for)
{
    constexpr auto older = "gen_ai.usage.cache_creation.input_tokens",
                   newer = "gen_ai.usage.cache_write.input_tokens";
    TraceConfig config;
    EXPECT_EQ(read(fallback(), config).spans[2].attribute(older), "3");
    EXPECT_EQ(read(fallback(), config).spans[2].attribute(newer), "");
    config.genai = "latest";
    EXPECT_EQ(read(fallback(), config).spans[2].attribute(older), "");
    EXPECT_EQ(read(fallback(), config).spans[2].attribute(newer), "3");
}

TEST(OtlpJson, keeps_hostile_text_a_text)
{
    auto trace = fallback();
    trace.record.path = "/\"},{\"traceId\":\"x\n\xff";
    trace.record.attempts[0].model = "m\",\"name\":\"";
    const auto spans = read(trace).spans;
    ASSERT_EQ(spans.size(), 3u);
    EXPECT_EQ(spans[1].name, "chat m\",\"name\":\"");
}

TEST(OtlpJson, has_an_odd_method_beside_its_name)
{
    auto trace = fallback();
    trace.record.method = "BREW";
    const auto span = read(trace).spans.front();
    EXPECT_EQ(span.name, "HTTP /v1/chat/completions");
    EXPECT_EQ(span.attribute("http.request.method"), R"("_OTHER")");
    EXPECT_EQ(span.attribute("http.request.method_original"), R"("BREW")");
}

TEST(OtlpJson, describes_the_service)
{
    TraceConfig config;
    config.service = "edge";
    config.attributes = {"service.version=7", "a=b=c", "empty="};
    const auto resource = read(fallback(), config).resource;
    EXPECT_EQ(resource.at("service.name"), R"("edge")");
    EXPECT_EQ(resource.at("service.version"), R"("7")");
    EXPECT_EQ(resource.at("a"), R"("b=c")");
    EXPECT_EQ(resource.count("empty"), 0u);
}

TEST(GenaiProvider, is_the_conventions_word_where_it_has_one)
{
    EXPECT_EQ(genai_provider("mistral", "localhost", "mine"), "mistral_ai");
    EXPECT_EQ(genai_provider("gemini", "", "mine"), "gcp.gemini");
    EXPECT_EQ(genai_provider("azure_openai", "x.openai.azure.com", "mine"), "azure.ai.openai");
    EXPECT_EQ(genai_provider("openai_compatible", "api.groq.com", "fast"), "groq");
    EXPECT_EQ(genai_provider("openai_compatible", "api.x.ai", "elon"), "x_ai");
    EXPECT_EQ(genai_provider("openai_compatible", "127.0.0.1", "ollama"), "ollama");
    EXPECT_EQ(genai_provider("mock", "127.0.0.1", "demo"), "demo");
}

}  // namespace
}  // namespace sluice
