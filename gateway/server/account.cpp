#include "server/account.hpp"

#include "core/append.hpp"
#include "core/ids.hpp"
#include "core/json.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <utility>

namespace sluice {

namespace {

using Seconds = std::chrono::duration<double>;

/// Of a path in the log, on the page and in traces.
constexpr std::size_t longest_path = 512;
constexpr std::size_t typical_forwarded = 128;
constexpr std::size_t longest_host = 255;
constexpr std::size_t longest_state = 512;  // more need nobody pass on (W3C Trace Context, 3.3.1.1)

milliseconds to_ms(Clock::duration span)
{
    return std::chrono::duration_cast<milliseconds>(span);
}

/// Milliseconds with three decimals.
void append_timing(std::string& out, std::string_view name, Clock::duration span)
{
    const auto us = std::chrono::duration_cast<std::chrono::microseconds>(span).count();
    const Digits decimals(1000 + us % 1000);
    append_all(out, name, ";dur=", us / 1000, ".", std::string_view(decimals).substr(1));
}

/// Not a list, a probe, a preflight or the page that shows the others.
bool asks_for_work(const AccessRecord& record)
{
    return record.surface != Surface::operations && record.method == "POST";
}

}  // namespace

Account::Account(
    Metrics& metrics,
    ActivityLane& activity,
    TraceQueue* traces,
    const Request& request,
    Surface surface,
    std::string_view route
)
    : metrics_(metrics), activity_(activity), traces_(traces), arrived_(request.arrived)
{
    const auto id = request.header("x-request-id");
    context.request_id = sane_request_id(id) ? std::string(id) : new_request_id();
    context.forwarded.reserve(typical_forwarded);
    const auto parent = parse_traceparent(request.header("traceparent"));
    auto opened = parent ? child_of(*parent) : new_trace();
    if (traces_) trace(opened, parent, request, route);
    context.forwarded.append_lines(  // ids of our own, or that have been looked at
        "x-request-id: ",
        context.request_id,
        "\r\ntraceparent: ",
        format_traceparent(opened),
        "\r\n"
    );
    if (const auto state = request.header("tracestate"); parent && !state.empty())
        context.forwarded.add("tracestate", state);
    record_.trace_id = std::move(opened.trace_id);
    record_.span_id = std::move(opened.span_id);
    record_.trace_flags = std::move(opened.flags);
    record_.request_id = context.request_id;
    record_.surface = surface;
    record_.method = request.method;
    record_.path = request.path.substr(0, longest_path);
    metrics_.in_flight(surface, 1);
}

Account::~Account()
{
    const auto now = Clock::now();
    const auto took = now - arrived_;
    const auto outcome = outcome_index(record_.error);
    const auto seconds = Seconds(took).count();
    metrics_.in_flight(record_.surface, -1);
    if (record_.stream) metrics_.open_streams(-1);
    if (target_)
        target_->metrics.request(record_.surface, outcome, seconds);
    else
        metrics_.request_without_target(record_.surface, outcome, seconds);
    metrics_.overhead(record_.surface, Seconds(own_share(now)).count());

    if (first_token_) {
        record_.ttft = to_ms(*first_token_ - arrived_);
        if (record_.usage && record_.usage->completion > 1 && !record_.error)
            target_->metrics.per_output_token(
                Seconds(now - *first_token_).count() /
                static_cast<double>(record_.usage->completion - 1)
            );
    }
    record_.attempts = std::move(context.attempts);
    if (!target_ && !record_.attempts.empty()) {
        record_.provider = record_.attempts.back().provider;
        record_.model = record_.attempts.back().model;
    }
    record_.duration = to_ms(took);
    write_access_line(record_);
    if (known_caller_ && asks_for_work(record_))
        activity_.finished({span_ ? record_ : std::move(record_), arrived_, first_token_, now});
    if (!span_) return;
    span_->operation = context.operation;
    span_->arrived = arrived_;
    span_->ended = now;
    traces_->push({std::move(record_), std::move(*span_)});
}

void Account::trace(
    TraceContext& trace,
    const std::optional<TraceContext>& parent,
    const Request& request,
    std::string_view route
)
{
    const bool sampled = traces_->sampler()(trace.trace_id, parent);
    set_sampled(trace, sampled);
    if (!sampled) return;
    context.span = trace;
    span_ = std::make_unique<SpanDetails>();
    span_->route = route;
    span_->host = request.header("host").substr(0, longest_host);
    if (!parent) return;
    span_->parent_span_id = parent->span_id;
    if (const auto state = request.header("tracestate"); state.size() <= longest_state)
        span_->state = state;
}

Result<void> Account::read_headers(const Request& request)
{
    if (record_.surface == Surface::connector) context.own_key = request.header("x-api-key");
    const auto text = request.header("x-request-deadline-ms");
    if (text.empty()) return {};
    std::int64_t ms = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), ms);
    if (error != std::errc() || end != text.data() + text.size() || ms < 1)
        return fail_at(
            "x-request-deadline-ms", "must be a whole number of milliseconds, at least 1"
        );
    context.deadline = after(arrived_, milliseconds(std::min<std::int64_t>(ms, 86'400'000)));
    context.caller_deadline = true;
    return {};
}

void Account::called_by(const Caller& caller)
{
    record_.tenant = caller.tenant;
    known_caller_ = true;
}

void Account::answered_by(const Candidate& candidate, bool stream)
{
    target_ = candidate.target;
    record_.provider = candidate.provider->config->name;
    record_.model = candidate.model;
    record_.stream = stream;
    if (stream) metrics_.open_streams(1);
}

void Account::first_token()
{
    first_token_ = Clock::now();
    target_->metrics.first_token(Seconds(*first_token_ - arrived_).count());
}

void Account::used(const Usage& usage, const std::optional<Cost>& cost)
{
    record_.usage = usage;
    if (cost) record_.cost_usd = cost->total();
    if (!target_) return;
    target_->metrics.tokens(usage);
    if (cost) target_->metrics.cost(*cost);
}

void Account::failed(const Error& error, int status)
{
    record_.error = error.kind;
    record_.status = status;
    // What a provider says may quote the prompt; the log gets the gateway's own words only.
    if (error.upstream_status == 0) record_.error_message = error.message;
}

void Account::broke_off(const Error& error)
{
    failed(error, record_.status);
    if (!context.attempts.empty()) context.attempts.back().error = error.kind;
}

void Account::skipped_events(int count)
{
    record_.malformed_events = count;
    for (int i = 0; i < count; ++i) target_->metrics.malformed_event();
}

void Account::relayed(TimePoint since)
{
    const auto now = Clock::now();
    context.waited += now - since;
    if (!context.attempts.empty()) context.attempts.back().ended = now;
}

void Account::answer_is(const ChatResponse& whole)
{
    if (!span_) return;
    answer_is(whole.id, whole.model);
    for (const auto& choice : whole.choices) span_->finish.push_back(choice.finish);
}

void Account::answer_is(std::string_view id, std::string_view model)
{
    if (!span_) return;
    span_->response_id = id;
    span_->response_model = model;
}

void Account::finished(std::span<const FinishReason> reasons)
{
    if (span_) span_->finish.assign(reasons.begin(), reasons.end());
}

Clock::duration Account::own_share(TimePoint now) const
{
    return std::max(now - arrived_ - context.waited - blocked_ - queued_, Clock::duration::zero());
}

void Account::append_answer_headers(HeaderBlock& headers) const
{
    headers.push_back({"x-sluice-provider", record_.provider});
    headers.push_back({"x-sluice-model", record_.model});
    append_attempts(headers.begin("x-sluice-attempts"), context.attempts);
    headers.end();
    headers.append_lines("x-sluice-cache: none\r\n");
    if (record_.cost_usd) {
        json::append_number(headers.begin("x-sluice-cost-usd"), *record_.cost_usd);
        headers.end();
    }
    auto& timing = headers.begin("server-timing");
    append_timing(timing, "gateway", own_share(Clock::now()));
    append_timing(timing, ", upstream", context.waited);
    headers.end();
}

}  // namespace sluice
