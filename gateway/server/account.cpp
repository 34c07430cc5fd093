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
constexpr std::size_t longest_host = 255;
constexpr std::size_t longest_state = 512;  // more need nobody pass on (W3C Trace Context, 3.3.1.1)

milliseconds to_ms(Clock::duration span)
{
    return std::chrono::duration_cast<milliseconds>(span);
}

/// Appends ";dur=" with milliseconds with three decimals, and what follows.
void append_duration(std::string& out, Clock::duration span, const auto& rest)
{
    const auto us = std::chrono::duration_cast<std::chrono::microseconds>(span).count();
    const auto decimal = [us](int unit) { return static_cast<char>('0' + us / unit % 10); };
    append_all(out, ";dur=", us / 1000, '.', decimal(100), decimal(10), decimal(1), rest);
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
    : metrics_(metrics), activity_(activity), traces_(traces), request_(activity.blank())
{
    const auto id = request.header("x-request-id");
    const auto parent = parse_traceparent(request.header("traceparent"));
    context.trace = parent ? child_of(*parent) : new_trace();
    if (parent) context.trace_state = request.header("tracestate");
    if (traces_) trace(parent, request, route);
    request_->arrived = request.arrived;
    auto& record = request_->record;
    context.attempts.swap(record.attempts);  // for its memory
    if (sane_request_id(id))
        record.request_id = id;
    else
        append_request_id(record.request_id);
    record.trace_id = context.trace.trace_id;
    record.span_id = context.trace.span_id;
    record.trace_flags = context.trace.flags;
    record.surface = surface;
    record.method = request.method;
    record.path = request.path.substr(0, longest_path);
    context.request_id = record.request_id;
    metrics_.in_flight(surface, 1);
}

Account::~Account()
{
    const auto now = EventTime::exact();
    auto& record = request_->record;
    request_->finished = now;
    tell_metrics(now);
    record.attempts = std::move(context.attempts);
    if (!target_ && !record.attempts.empty()) {
        record.provider = record.attempts.back().provider;
        record.model = record.attempts.back().model;
    }
    if (span_) {
        span_->operation = context.operation;
        span_->arrived = arrived();
        span_->ended = now;
        traces_->push({record, std::move(*span_)});
    }
    request_->logged = log_wants(level_of(record));
    request_->listed = known_caller_ && asks_for_work(record);
    activity_.finished(std::move(request_));
}

void Account::tell_metrics(TimePoint now)
{
    auto& record = request_->record;
    const auto took = now - arrived();
    const auto outcome = outcome_index(record.error);
    const auto seconds = Seconds(took).count();
    record.duration = to_ms(took);
    metrics_.in_flight(record.surface, -1);
    if (record.stream) metrics_.open_streams(-1);
    if (target_)
        target_->metrics.request(record.surface, outcome, seconds);
    else
        metrics_.request_without_target(record.surface, outcome, seconds);
    metrics_.overhead(record.surface, Seconds(own_share(now)).count());

    if (!request_->first_token) return;
    record.ttft = to_ms(*request_->first_token - arrived());
    if (record.usage && record.usage->completion > 1 && !record.error)
        target_->metrics.per_output_token(
            Seconds(now - *request_->first_token).count() /
            static_cast<double>(record.usage->completion - 1)
        );
}

void Account::trace(
    const std::optional<TraceContext>& parent, const Request& request, std::string_view route
)
{
    context.traced = traces_->sampler()(context.trace.trace_id, parent);
    set_sampled(context.trace, context.traced);
    if (!context.traced) return;
    span_ = std::make_unique<SpanDetails>();
    span_->route = route;
    span_->host = request.header("host").substr(0, longest_host);
    if (!parent) return;
    span_->parent_span_id = parent->span_id;
    if (context.trace_state.size() <= longest_state) span_->state = context.trace_state;
}

Result<void> Account::read_headers(const Request& request)
{
    if (record().surface == Surface::connector) context.own_key = request.header("x-api-key");
    const auto text = request.header("x-request-deadline-ms");
    if (text.empty()) return {};
    std::int64_t ms = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), ms);
    if (error != std::errc() || end != text.data() + text.size() || ms < 1)
        return fail_at(
            "x-request-deadline-ms", "must be a whole number of milliseconds, at least 1"
        );
    context.deadline = after(arrived(), milliseconds(std::min<std::int64_t>(ms, 86'400'000)));
    context.caller_deadline = true;
    return {};
}

void Account::called_by(const Caller& caller)
{
    record().tenant = caller.tenant;
    known_caller_ = true;
}

void Account::answered_by(const Candidate& candidate, bool stream)
{
    target_ = candidate.target;
    record().provider = candidate.provider->config->name;
    record().model = candidate.model;
    record().stream = stream;
    if (stream) metrics_.open_streams(1);
}

void Account::first_token()
{
    request_->first_token = EventTime::get();
    target_->metrics.first_token(Seconds(*request_->first_token - arrived()).count());
}

void Account::used(const Usage& usage, const std::optional<Cost>& cost)
{
    record().usage = usage;
    if (cost) record().cost_usd = cost->total();
    if (!target_) return;
    target_->metrics.tokens(usage);
    if (cost) target_->metrics.cost(*cost);
}

void Account::failed(const Error& error, int status)
{
    record().error = error.kind;
    record().status = status;
    // What a provider says may quote the prompt; the log gets the gateway's own words only.
    if (error.upstream_status == 0) record().error_message = error.message;
}

void Account::broke_off(const Error& error)
{
    failed(error, record().status);
    if (!context.attempts.empty()) context.attempts.back().error = error.kind;
}

void Account::skipped_events(int count)
{
    record().malformed_events = count;
    for (int i = 0; i < count; ++i) target_->metrics.malformed_event();
}

void Account::relayed(TimePoint since)
{
    const auto now = EventTime::get();
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
    return std::max(now - arrived() - context.waited - blocked_ - queued_, Clock::duration::zero());
}

void Account::append_answer_headers(HeaderBlock& headers) const
{
    auto& lines = headers.lines();
    append_all(lines, "x-sluice-provider: ", record().provider, "\r\n");
    headers.add("x-sluice-model", record().model);
    append_attempts_header(lines, context.attempts);
    append_all(lines, "x-sluice-cache: none\r\n");
    if (record().cost_usd)
        append_all(lines, "x-sluice-cost-usd: ", record().cost_usd->text, "\r\n");
    append_all(lines, "server-timing: gateway");
    append_duration(lines, own_share(EventTime::exact()), ", upstream");
    append_duration(lines, context.waited, "\r\n");
}

}  // namespace sluice
