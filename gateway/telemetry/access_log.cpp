#include "telemetry/access_log.hpp"

#include "core/http_text.hpp"
#include "core/json.hpp"

#include <array>
#include <charconv>
#include <cmath>

namespace sluice {

namespace {

/// A model's name may be whatever a caller made up, where a provider's is one of the configuration
/// and harmless; in a header it must not look like anything else.
void append_model(std::string& head, std::string_view name)
{
    constexpr auto allowed = alphanumeric_and("-._:/@+~");
    constexpr std::size_t longest = 128;
    name = name.substr(0, longest);
    head += name;
    if (span_of(name, allowed) == name.size()) return;
    for (auto at = head.size() - name.size(); at < head.size(); ++at)
        if (!allowed[static_cast<unsigned char>(head[at])]) head[at] = '_';
}

void append_attempts_json(std::string& out, const std::vector<AttemptRecord>& attempts)
{
    out += '[';
    for (const auto& attempt : attempts) {
        if (&attempt != &attempts.front()) out += ',';
        append_all(out, R"({"provider":")", attempt.provider, R"(","model":)");
        json::append_quoted(out, attempt.model);
        append_all(out, R"(,"outcome":")", outcome_name(outcome_index(attempt.error)), '"');
        if (attempt.status != 0) append_all(out, R"(,"status":)", attempt.status);
        append_all(out, R"(,"ms":)", attempt.took.count(), '}');
    }
    out += ']';
}

}  // namespace

Dollars::Dollars(double amount) : value(amount)
{
    std::array<char, 32> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), amount).ptr;
    text = std::isfinite(amount) ? std::string_view(digits.data(), end) : "null";
}

void append_attempts_header(std::string& head, const std::vector<AttemptRecord>& attempts)
{
    append_all(head, "x-sluice-attempts: ");
    for (const auto& attempt : attempts) {
        if (&attempt != &attempts.front()) append_all(head, ", ");
        append_all(head, attempt.provider, '/');
        append_model(head, attempt.model);
        append_all(head, ";outcome=", outcome_name(outcome_index(attempt.error)));
        if (attempt.status != 0) append_all(head, ";status=", attempt.status);
        append_all(head, ";ms=", attempt.took.count());
    }
    append_all(head, "\r\n");
}

LogLevel level_of(const AccessRecord& record)
{
    return record.status >= 500 ? LogLevel::warn : LogLevel::info;
}

void write_access_line(
    LogLines& lines, const AccessRecord& record, std::chrono::system_clock::time_point ended
)
{
    LogLine line(lines, level_of(record), "request", ended);
    line.word("request_id", record.request_id)
        .word("trace_id", record.trace_id)
        .word("span_id", record.span_id)
        .word("trace_flags", record.trace_flags)
        .text("tenant", record.tenant)
        .word("surface", to_string(record.surface))
        .word("method", record.method)
        .text("path", record.path)
        .word("provider", record.provider)
        .text("model", record.model)
        .number("status", record.status)
        .word("outcome", outcome_name(outcome_index(record.error)))
        .text("error", record.error_message);
    if (!record.attempts.empty())
        line.json("attempts", [&](std::string& out) {
            append_attempts_json(out, record.attempts);
        });
    if (record.stream) line.flag("stream", true);
    if (record.ttft) line.number("ttft_ms", record.ttft->count());
    line.number("duration_ms", record.duration.count());
    if (record.usage) {
        line.number("tokens_in", record.usage->prompt)
            .number("tokens_out", record.usage->completion)
            .flag("estimated", record.usage->estimated);
    }
    if (record.cost_usd) line.json("cost_usd", record.cost_usd->text.text());
    if (record.malformed_events > 0) line.number("malformed_events", record.malformed_events);
    line.write();
}

}  // namespace sluice
