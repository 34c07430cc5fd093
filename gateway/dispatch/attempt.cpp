#include "dispatch/attempt.hpp"

#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <utility>

namespace sluice {

namespace {

constexpr std::size_t max_answer = 64u << 20;  // in one piece
constexpr std::size_t max_error_body = 256 * 1024;

bool is_timeout(ErrorKind kind)
{
    return kind == ErrorKind::connect_timeout || kind == ErrorKind::response_timeout ||
           kind == ErrorKind::first_token_timeout || kind == ErrorKind::idle_timeout;
}

void add_forwarded(HttpRequest& request, const RequestContext& context, TimePoint now)
{
    request.headers.append_lines(  // ids of our own, or that have been looked at
        "x-request-id: ",
        context.request_id,
        "\r\ntraceparent: ",
        format_traceparent(context.trace),
        "\r\n"
    );
    if (!context.trace_state.empty()) request.headers.add("tracestate", context.trace_state);
    if (!context.caller_deadline) return;
    const auto left = std::chrono::duration_cast<milliseconds>(context.deadline - now).count();
    request.headers.add("x-request-deadline-ms", std::max<std::int64_t>(left, 1));
}

bool is_good(int status)
{
    return status >= 200 && status < 300;
}

/// What comes of an answer that was read to its end. Of an error, the status says enough.
Result<void> conclude(
    Job& job,
    const Exchange& exchange,
    Result<std::string> body,
    const Translator& translator,
    const Call& call
)
{
    if (!is_good(exchange.status())) {
        return std::unexpected(translator.decode_error(
            {.status = exchange.status(),
             .headers = exchange.headers().copied(),
             .body = body ? *std::move(body) : std::string()}
        ));
    }
    if (!body) return std::unexpected(std::move(body).error());
    return job.take(*std::move(body), exchange, translator, call);
}

/// Says whose error it is and which of the deadlines it was.
void explain(Error& error, const Endpoint& endpoint, int status, bool streaming, TimePoint deadline)
{
    error.provider = endpoint.provider;
    error.own_key = endpoint.own_key;
    if (error.upstream_status == 0) error.upstream_status = status;
    if (streaming && error.kind == ErrorKind::response_timeout)
        error.kind = ErrorKind::first_token_timeout;
    if (is_timeout(error.kind) && Clock::now() >= deadline) {
        error.kind = ErrorKind::deadline_exceeded;
        error.message = "the request's deadline passed";
    }
}

}  // namespace

Task<Result<void>> attempt(Job& job, Pool& pool, Leg& leg, RequestContext& context)
{
    const auto& endpoint = leg.endpoint();
    const auto& provider = *leg.candidate.provider;
    const auto& translator = *provider.entry->translator;
    const Deployment deployment{
        &endpoint, leg.candidate.model, provider.default_max_tokens, provider.default_temperature
    };
    auto call = job.encode(translator, deployment, leg.left_out);
    if (!call) {
        call.error().provider = endpoint.provider;
        co_return std::unexpected(std::move(call).error());
    }
    context.warnings = std::move(call->warnings);

    const auto started = EventTime::exact();
    leg.sent = started;
    add_forwarded(call->request, context, started);
    const auto& timeouts = provider.config->timeouts;
    const auto by = [&](milliseconds span) {
        return std::min(after(started, span), context.deadline);
    };
    const auto head_by = by(job.streaming() ? timeouts.first_token : timeouts.response);
    const PhaseDeadlines phases{
        .connect = by(timeouts.connect),
        .response = head_by,
        .last = context.deadline,
        .begun = started,
    };
    const AnswerDeadlines deadlines{.first_token = head_by, .whole = by(timeouts.total)};

    co_await asio::this_coro::throw_if_cancelled(false);
    Exchange exchange(pool);
    auto outcome = co_await exchange.send(endpoint, call->request, phases);
    if (exchange.was_stale(outcome))
        outcome = co_await exchange.send_anew(endpoint, call->request, phases);
    if (!outcome) {
        explain(outcome.error(), endpoint, 0, job.streaming(), context.deadline);
        co_return outcome;
    }
    const int status = exchange.status();
    if (is_good(status) && job.comes_in_pieces(exchange)) {
        outcome = co_await job.receive(std::move(exchange), translator, *call, deadlines);
    } else {
        const auto limit = is_good(status) ? max_answer : max_error_body;
        const bool patient = is_good(status) && !job.streaming();
        auto body = exchange.all_here(limit);
        if (!body) body = co_await exchange.read_all(patient ? deadlines.whole : head_by, limit);
        outcome = conclude(job, exchange, *std::move(body), translator, *call);
    }
    if (!outcome) explain(outcome.error(), endpoint, status, job.streaming(), context.deadline);
    co_return outcome;
}

}  // namespace sluice
