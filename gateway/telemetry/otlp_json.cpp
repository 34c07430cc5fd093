#include "telemetry/otlp_json.hpp"

#include "core/json.hpp"
#include "telemetry/genai_provider.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace sluice {

namespace {

constexpr int kind_server = 2, kind_client = 3;
constexpr int status_error = 2;
/// Of a span's flags: it is known whether the parent is elsewhere; it is.
constexpr std::int64_t has_is_remote = 0x100, is_remote = 0x200;

/// The array of key-value pairs that OTLP has everywhere. Text that is empty is left out.
class Attributes {
public:
    explicit Attributes(std::string& out) : out_(out) { out_ += '['; }
    Attributes& text(std::string_view key, std::string_view value)
    {
        if (!value.empty()) add(key, "stringValue", json::quoted(value));
        return *this;
    }
    /// 64-bit integers are strings in OTLP's JSON.
    Attributes& integer(std::string_view key, std::int64_t value)
    {
        return add(key, "intValue", concat("\"", std::to_string(value), "\""));
    }
    Attributes& number(std::string_view key, double value)
    {
        std::string digits;
        json::append_number(digits, value);
        return add(key, "doubleValue", digits);
    }
    Attributes& flag(std::string_view key, bool value)
    {
        return add(key, "boolValue", value ? "true" : "false");
    }
    Attributes& words(std::string_view key, std::span<const FinishReason> values)
    {
        std::string list;
        for (const auto value : values)
            list += concat(
                list.empty() ? "" : ",", R"({"stringValue":)", json::quoted(to_string(value)), "}"
            );
        if (!list.empty()) add(key, "arrayValue", concat(R"({"values":[)", list, "]}"));
        return *this;
    }
    void close() { out_ += ']'; }

private:
    std::string& out_;
    bool first_ = true;

    Attributes& add(std::string_view key, std::string_view kind, std::string_view json_text)
    {
        if (!std::exchange(first_, false)) out_ += ',';
        json::ObjectWriter pair(out_);
        auto& value = pair.field("key", key).key("value");
        json::ObjectWriter(value).raw(kind, json_text).close();
        pair.close();
        return *this;
    }
};

std::string nanoseconds(const SpanDetails& details, TimePoint when)
{
    const auto wall = details.wall.time_since_epoch() + (when - details.now);
    return std::to_string(std::chrono::duration_cast<std::chrono::nanoseconds>(wall).count());
}

/// The host and port that a caller wrote: "gateway:8006", "[::1]:8006", "gateway".
void append_server(Attributes& attributes, std::string_view host)
{
    const auto colon = host.rfind(':');
    const bool has_port = colon != host.npos && host.find(']', colon) == host.npos;
    std::int64_t port = 0;
    if (has_port) {
        std::from_chars(host.data() + colon + 1, host.data() + host.size(), port);
        host = host.substr(0, colon);
    }
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    attributes.text("server.address", host);
    if (port > 0) attributes.integer("server.port", port);
}

std::string_view known_method(std::string_view method)
{
    constexpr std::array<std::string_view, 9> known{
        "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"
    };
    return std::ranges::find(known, method) != known.end() ? method : std::string_view();
}

/// A server answers what is its caller's fault well; and a stream may fail behind its 200.
bool failed(const AccessRecord& record)
{
    if (!record.error || *record.error == ErrorKind::cancelled) return false;
    return record.status >= 500 || record.status < 400;
}

/// What every span begins with: ids, name, kind and times.
struct SpanHead {
    std::string_view span_id;
    std::string_view parent_id;  ///< empty: none
    std::int64_t flags;
    std::string_view name;
    int kind;
    TimePoint started, ended;
};

void append_head(json::ObjectWriter& span, const RequestTrace& trace, const SpanHead& head)
{
    span.field("traceId", trace.record.trace_id).field("spanId", head.span_id);
    if (!trace.details.state.empty()) span.field("traceState", trace.details.state);
    if (!head.parent_id.empty()) span.field("parentSpanId", head.parent_id);
    span.field("flags", head.flags)
        .field("name", head.name)
        .field("kind", head.kind)
        .field("startTimeUnixNano", nanoseconds(trace.details, head.started))
        .field("endTimeUnixNano", nanoseconds(trace.details, std::max(head.started, head.ended)));
}

void append_status(json::ObjectWriter& span, bool error)
{
    std::string status;
    json::ObjectWriter object(status);
    if (error) object.field("code", status_error);
    object.close();
    span.raw("status", status);
}

std::int64_t flags_of(const AccessRecord& record)
{
    std::int64_t flags = 0;
    const std::string_view text = record.trace_flags;
    std::from_chars(text.data(), text.data() + text.size(), flags, 16);
    return flags | has_is_remote;
}

void append_request(std::string& out, const RequestTrace& trace)
{
    const auto& [record, details] = trace;
    const auto method = known_method(record.method);
    const auto verb = method.empty() ? std::string_view("HTTP") : method;
    const auto name = details.route.empty() ? std::string(verb) : concat(verb, " ", details.route);
    json::ObjectWriter span(out);
    append_head(
        span,
        trace,
        {.span_id = record.span_id,
         .parent_id = details.parent_span_id,
         .flags = flags_of(record) | (details.parent_span_id.empty() ? 0 : is_remote),
         .name = name,
         .kind = kind_server,
         .started = details.arrived,
         .ended = details.ended}
    );
    Attributes attributes(span.key("attributes"));
    attributes.text("http.request.method", method.empty() ? "_OTHER" : method);
    if (method.empty()) attributes.text("http.request.method_original", record.method);
    attributes.text("url.scheme", "http")
        .text("url.path", record.path)
        .text("http.route", details.route);
    if (record.status != 0) attributes.integer("http.response.status_code", record.status);
    append_server(attributes, details.host);
    if (record.error) attributes.text("error.type", code_of(*record.error));
    attributes.text("sluice.request_id", record.request_id).close();
    append_status(span, failed(record));
    span.close();
}

/// Counts that are none are left out, but for the two that every answer has.
void append_usage(Attributes& attributes, const AccessRecord& record, bool latest_names)
{
    if (!record.usage) return;
    const auto& usage = *record.usage;
    const auto some = [&](std::string_view key, std::int64_t count) {
        if (count > 0) attributes.integer(key, count);
    };
    attributes.integer("gen_ai.usage.input_tokens", usage.prompt)
        .integer("gen_ai.usage.output_tokens", usage.completion);
    some("gen_ai.usage.cache_read.input_tokens", usage.cached);
    some(
        latest_names ? "gen_ai.usage.cache_write.input_tokens"
                     : "gen_ai.usage.cache_creation.input_tokens",
        usage.cache_write
    );
    some("gen_ai.usage.reasoning.output_tokens", usage.reasoning);
    if (usage.estimated) attributes.flag("sluice.usage.estimated", true);
    if (record.cost_usd) attributes.number("sluice.cost_usd", *record.cost_usd);
}

/// What the last attempt brought.
void append_answer(
    Attributes& attributes,
    const RequestTrace& trace,
    const AttemptRecord& attempt,
    const TraceConfig& config
)
{
    const auto& details = trace.details;
    attributes.text("gen_ai.response.id", details.response_id)
        .text("gen_ai.response.model", details.response_model)
        .words("gen_ai.response.finish_reasons", details.finish);
    if (attempt.stream && trace.record.ttft)
        attributes.number(
            "gen_ai.response.time_to_first_chunk",
            std::chrono::duration<double>(attempt.answered - attempt.started).count()
        );
    append_usage(attributes, trace.record, config.genai == "latest");
}

void append_attempt(
    std::string& out,
    const RequestTrace& trace,
    const AttemptRecord& attempt,
    const TraceConfig& config
)
{
    const auto& [record, details] = trace;
    const auto name = concat(details.operation, " ", attempt.model);
    json::ObjectWriter span(out);
    append_head(
        span,
        trace,
        {.span_id = attempt.span_id,
         .parent_id = record.span_id,
         .flags = flags_of(record),
         .name = name,
         .kind = kind_client,
         .started = attempt.started,
         .ended = attempt.ended}
    );
    Attributes attributes(span.key("attributes"));
    attributes.text("gen_ai.operation.name", details.operation)
        .text(
            "gen_ai.provider.name",
            genai_provider(attempt.provider_type, attempt.origin.host, attempt.provider)
        )
        .text("gen_ai.request.model", attempt.model)
        .flag("gen_ai.request.stream", attempt.stream)
        .text("server.address", attempt.origin.host)
        .integer("server.port", attempt.origin.port)
        .text("sluice.provider", attempt.provider);
    if (attempt.status != 0) attributes.integer("http.response.status_code", attempt.status);
    if (attempt.error) attributes.text("error.type", code_of(*attempt.error));
    if (&attempt == &record.attempts.back()) append_answer(attributes, trace, attempt, config);
    attributes.close();
    append_status(span, attempt.error.has_value());
    span.close();
}

void append_resource(std::string& out, const TraceConfig& config)
{
    out += R"({"attributes":)";
    Attributes attributes(out);
    attributes.text("service.name", config.service)
        .text("telemetry.sdk.name", "sluice")
        .text("telemetry.sdk.language", "cpp")
        .text("telemetry.sdk.version", SLUICE_VERSION);
    bool versioned = false;
    for (const std::string_view attribute : config.attributes) {
        const auto equals = std::min(attribute.find('='), attribute.size() - 1);
        versioned |= attribute.starts_with("service.version=");
        attributes.text(attribute.substr(0, equals), attribute.substr(equals + 1));
    }
    if (!versioned) attributes.text("service.version", SLUICE_VERSION);
    attributes.close();
    out += '}';
}

}  // namespace

std::string otlp_json(std::span<const RequestTrace> batch, const TraceConfig& config)
{
    std::string out = R"({"resourceSpans":[{"resource":)";
    append_resource(out, config);
    out +=
        R"(,"scopeSpans":[{"scope":{"name":"sluice","version":")" SLUICE_VERSION R"("},"spans":[)";
    for (const auto& trace : batch) {
        if (&trace != batch.data()) out += ',';
        append_request(out, trace);
        for (const auto& attempt : trace.record.attempts) {
            out += ',';
            append_attempt(out, trace, attempt, config);
        }
    }
    out += "]}]}]}";
    return out;
}

}  // namespace sluice
