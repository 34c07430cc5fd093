#include "config/otel_variables.hpp"

#include "unit/config/loading.hpp"

#include <gmock/gmock.h>

namespace sluice {
namespace {

using namespace std::chrono_literals;
using test::Environment;
using test::load;
using test::sources;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

TraceConfig traces(const Environment& environment, std::string_view file = "")
{
    const auto loaded = load(file, sources(environment));
    EXPECT_THAT(loaded.warnings, IsEmpty());
    return loaded.config.traces;
}

TEST(OtelVariables, leave_everything_at_its_default_where_none_is_set)
{
    EXPECT_EQ(traces({}), TraceConfig{});
    EXPECT_EQ(traces({{"OTEL_EXPORTER_OTLP_ENDPOINT", ""}}), TraceConfig{});
}

TEST(OtelVariables, name_the_collector_for_all_signals_or_for_traces)
{
    constexpr auto all = "OTEL_EXPORTER_OTLP_ENDPOINT", own = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";
    EXPECT_EQ(traces({{all, "http://c:4318"}}).endpoint, "http://c:4318/v1/traces");
    EXPECT_EQ(traces({{all, "http://c:4318/"}}).endpoint, "http://c:4318/v1/traces");
    EXPECT_EQ(traces({{all, "https://c/otlp"}}).endpoint, "https://c/otlp/v1/traces");
    EXPECT_EQ(traces({{own, "http://c:4318/in"}}).endpoint, "http://c:4318/in");
    EXPECT_EQ(traces({{all, "http://a"}, {own, "http://b/x"}}).endpoint, "http://b/x");
    EXPECT_EQ(
        traces({{all, "http://a"}}, "traces: {endpoint: \"http://file/x\"}").endpoint,
        "http://a/v1/traces"
    );
}

TEST(OtelVariables, turn_it_off)
{
    for (const auto& [variable, value] :
         {std::pair{"OTEL_SDK_DISABLED", "true"},
          std::pair{"OTEL_SDK_DISABLED", "TRUE"},
          std::pair{"OTEL_TRACES_EXPORTER", "none"}}) {
        const Environment environment{
            {variable, value}, {"OTEL_EXPORTER_OTLP_ENDPOINT", "http://c"}
        };
        EXPECT_EQ(traces(environment).endpoint, "") << variable;
    }
    EXPECT_EQ(
        traces({{"OTEL_SDK_DISABLED", "true"}}, "traces: {endpoint: \"http://c\"}").endpoint, ""
    );
    EXPECT_EQ(
        traces({{"OTEL_SDK_DISABLED", "false"}}, "traces: {endpoint: \"http://c\"}").endpoint,
        "http://c"
    );
}

TEST(OtelVariables, set_each_setting)
{
    const auto set = traces({
        {"OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer%20k%2C1, x-team = search"},
        {"OTEL_EXPORTER_OTLP_TIMEOUT", "2500"},
        {"OTEL_SERVICE_NAME", "edge"},
        {"OTEL_RESOURCE_ATTRIBUTES", "service.name=other,service.namespace=a%3Db"},
        {"OTEL_TRACES_SAMPLER", "parentbased_traceidratio"},
        {"OTEL_TRACES_SAMPLER_ARG", "0.25"},
        {"OTEL_SEMCONV_STABILITY_OPT_IN", "http, gen_ai_latest_experimental"},
        {"OTEL_BSP_SCHEDULE_DELAY", "100"},
        {"OTEL_BSP_MAX_QUEUE_SIZE", "10"},
        {"OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "5"},
    });
    EXPECT_EQ(set.headers, (Headers{{"authorization", "Bearer k,1"}, {"x-team", "search"}}));
    EXPECT_EQ(set.timeout, 2500ms);
    EXPECT_EQ(set.service, "edge");
    EXPECT_THAT(set.attributes, ElementsAre("service.namespace=a=b"));
    EXPECT_EQ(set.sampler, "parentbased_traceidratio");
    EXPECT_EQ(set.ratio, 0.25);
    EXPECT_EQ(set.genai, "latest");
    EXPECT_EQ(set.interval, 100ms);
    EXPECT_EQ(set.queue_size, 10);
    EXPECT_EQ(set.batch_size, 5);
}

TEST(OtelVariables, for_traces_win_over_those_for_all)
{
    const auto set = traces({
        {"OTEL_EXPORTER_OTLP_HEADERS", "a=1"},
        {"OTEL_EXPORTER_OTLP_TRACES_HEADERS", "b=2"},
        {"OTEL_EXPORTER_OTLP_TIMEOUT", "1"},
        {"OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "2"},
    });
    EXPECT_EQ(set.headers, (Headers{{"b", "2"}}));
    EXPECT_EQ(set.timeout, 2ms);
}

TEST(OtelVariables, that_make_no_sense_give_a_warning_and_change_nothing)
{
    for (const auto& [variable, value] : Environment{
             {"OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318"},
             {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "grpc://c"},
             {"OTEL_EXPORTER_OTLP_HEADERS", "secret-7"},
             {"OTEL_EXPORTER_OTLP_TRACES_HEADERS", "a=%zz-secret-7"},
             {"OTEL_EXPORTER_OTLP_TIMEOUT", "10s"},
             {"OTEL_RESOURCE_ATTRIBUTES", "=x"},
             {"OTEL_TRACES_SAMPLER", "jaeger_remote"},
             {"OTEL_TRACES_SAMPLER_ARG", "1.5"},
             {"OTEL_BSP_SCHEDULE_DELAY", "0"},
             {"OTEL_BSP_MAX_QUEUE_SIZE", "-1"},
             {"OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "many"},
         }) {
        const auto loaded = load("", sources({{variable, value}}));
        EXPECT_EQ(loaded.config.traces, TraceConfig{}) << variable;
        EXPECT_THAT(
            loaded.warnings, ElementsAre(AllOf(HasSubstr(variable), Not(HasSubstr("secret-7"))))
        ) << variable;
    }
}

TEST(OtelVariables, that_ask_for_another_protocol_give_a_warning)
{
    for (const auto* variable :
         {"OTEL_EXPORTER_OTLP_PROTOCOL", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"}) {
        EXPECT_THAT(load("", sources({{variable, "http/json"}})).warnings, IsEmpty());
        EXPECT_THAT(
            load("", sources({{variable, "grpc"}})).warnings, ElementsAre(HasSubstr(variable))
        );
    }
}

TEST(OtelVariables, are_shown_as_where_a_setting_comes_from)
{
    const auto shown = print_config(load(
        "",
        sources({
            {"OTEL_EXPORTER_OTLP_ENDPOINT", "http://c"},
            {"OTEL_EXPORTER_OTLP_HEADERS", "authorization=secret-7"},
        })
    ));
    EXPECT_THAT(shown, HasSubstr("# environment OTEL_EXPORTER_OTLP_ENDPOINT"));
    EXPECT_THAT(shown, Not(HasSubstr("secret-7")));
}

TEST(TraceSettings, are_checked)
{
    const auto errors = test::errors(R"(
traces:
  endpoint: collector:4318
  headers: {host: x}
  service: ""
  attributes: [plain, "=x", "service.name=x"]
  sampler: sometimes
  ratio: 2
)");
    for (const auto* path :
         {"traces.endpoint: must be a URL",
          "traces.headers.host: the gateway sets this header itself",
          "traces.service: must not be empty",
          "traces.attributes[0]: must be name=value",
          "traces.attributes[1]: must be name=value",
          "traces.attributes[2]: is the setting traces.service",
          "traces.sampler: must be one of always_on",
          "traces.ratio: must be 0 to 1"})
        EXPECT_THAT(errors, testing::Contains(HasSubstr(path)));
}

}  // namespace
}  // namespace sluice
