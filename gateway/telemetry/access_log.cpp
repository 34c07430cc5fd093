#include "telemetry/access_log.hpp"

#include "core/json.hpp"
#include "telemetry/log.hpp"

#include <array>
#include <charconv>
#include <cmath>

namespace sluice {

namespace {

/// A model's name may be whatever a caller made up; in a header it must not look like anything
/// else.
void append_token(std::string& out, std::string_view name)
{
    constexpr auto allowed = [] {
        std::array<bool, 256> set{};
        for (int c = 0; c < 128; ++c)
            set[static_cast<std::size_t>(c)] = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                                               (c >= '0' && c <= '9') ||
                                               std::string_view("-._:/@+~").contains(char(c));
        return set;
    }();
    constexpr std::size_t longest = 128;
    const auto begin = out.size();
    out.append(name.substr(0, longest));
    for (auto at = begin; at < out.size(); ++at)
        if (!allowed[static_cast<unsigned char>(out[at])]) out[at] = '_';
}

void append_attempts_json(std::string& out, const std::vector<AttemptRecord>& attempts)
{
    out += '[';
    for (const auto& attempt : attempts) {
        if (&attempt != &attempts.front()) out += ',';
        append_all(out, R"({"provider":)");
        json::append_quoted(out, attempt.provider);
        append_all(out, R"(,"model":)");
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

void append_attempts(std::string& out, const std::vector<AttemptRecord>& attempts)
{
    for (const auto& attempt : attempts) {
        if (&attempt != &attempts.front()) append_all(out, ", ");
        append_token(out, attempt.provider);
        append_token(out += '/', attempt.model);
        append_all(out, ";outcome=", outcome_name(outcome_index(attempt.error)));
        if (attempt.status != 0) append_all(out, ";status=", attempt.status);
        append_all(out, ";ms=", attempt.took.count());
    }
}

void write_access_line(const AccessRecord& record)
{
    LogLine line(record.status >= 500 ? LogLevel::warn : LogLevel::info, "request");
    line.word("request_id", record.request_id)
        .word("trace_id", record.trace_id)
        .word("span_id", record.span_id)
        .word("trace_flags", record.trace_flags)
        .text("tenant", record.tenant)
        .word("surface", to_string(record.surface))
        .text("method", record.method)
        .text("path", record.path)
        .text("provider", record.provider)
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
