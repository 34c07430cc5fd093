#include "server/chat.hpp"

#include "api/tool_call_ids.hpp"
#include "dispatch/chat_stream.hpp"
#include "dispatch/estimate.hpp"
#include "dispatch/relay.hpp"
#include "dispatch/replays.hpp"
#include "server/context_check.hpp"

#include <boost/asio/this_coro.hpp>

#include <ctime>

namespace sluice {

namespace {

std::int64_t unix_now()
{
    return std::time(nullptr);
}

/// Text of the answer in bytes, for an estimate.
std::size_t output_bytes(const ChatResponse& response)
{
    std::size_t bytes = 0;
    for (const auto& choice : response.choices) {
        if (choice.content) bytes += choice.content->size();
        if (choice.refusal) bytes += choice.refusal->size();
        bytes += choice.reasoning.size();
        for (const auto& call : choice.tool_calls)
            bytes += call.name.size() + call.arguments.size();
    }
    return bytes;
}

/// Canonical deltas in the caller's form. The head of the response goes out with the first of them.
class FormSink : public StreamSink {
public:
    FormSink(Responder& responder, ChatForm& form, ReplayCollector& replays)
        : responder_(responder), form_(form), replays_(replays)
    {
    }

    Task<Result<bool>> write(std::span<const ChatDelta> deltas) override
    {
        for (const auto& delta : deltas) {
            form_.append(out, delta);
            replays_.see(delta);
        }
        if (out.empty()) co_return false;
        auto written = co_await responder_.write(out);
        if (!written) co_return std::unexpected(std::move(written).error());
        out.clear();
        co_return true;
    }
    Task<Result<void>> keep_alive() override
    {
        co_return co_await responder_.write(": keep-alive\n\n");
    }

    std::string out;  ///< goes out with the next deltas

private:
    Responder& responder_;
    ChatForm& form_;
    ReplayCollector& replays_;
};

std::string joined(const std::vector<std::string>& warnings)
{
    std::string out;
    for (const auto& warning : warnings) out.append(out.empty() ? "" : "; ").append(warning);
    for (char& c : out)
        if (c < ' ' || c > '~') c = '?';  // a header takes no more
    return out;
}

/// Takes the visit's headers along: a stream, which may be long, needs them once.
HeaderBlock stream_headers(Visit& visit)
{
    auto headers = std::move(visit.headers);
    headers.push_back({"content-type", "text/event-stream"});
    headers.push_back({"cache-control", "no-cache, no-transform"});
    headers.push_back({"x-accel-buffering", "no"});
    append_answer_headers(visit, headers);
    return headers;
}

/// Keeps what the provider wants back with its tool calls.
void remember(Visit& visit, const Candidate& candidate, std::string call_id, std::string json_text)
{
    visit.services.replays.remember(
        visit.caller->owner(),
        {.call_id = std::move(call_id),
         .provider_type = std::string(candidate.provider->entry->type),
         .json_text = std::move(json_text)}
    );
}

Task<Result<void>> whole_answer(
    Visit& visit, const ChatRequest& chat, const Plan& plan, ChatSurface& surface
)
{
    auto& account = visit.account;
    WholeChat job(chat);
    auto dispatched = co_await visit.services.dispatcher.run(job, plan, account.context);
    if (!dispatched) co_return std::unexpected(std::move(dispatched).error());
    dispatched->account.settle(std::nullopt, account.context.attempts.back().ended);

    const auto& candidate = *dispatched->candidate;
    auto& response = job.response;
    if (!response.usage)
        response.usage = estimate_usage(chat.document.text().size(), output_bytes(response));
    const auto cost = price(candidate, *response.usage);
    account.answered_by(candidate, false);
    account.used(*response.usage, cost);
    account.answer_is(response);
    account.succeeded(200);
    for (auto& choice : response.choices)
        for (auto& call : choice.tool_calls)
            if (!call.replay.empty()) remember(visit, candidate, call.id, std::move(call.replay));

    const auto body = surface.form.whole(std::move(response), facts_of(visit, candidate, cost));
    if (surface.keeps())
        if (auto kept = co_await surface.keep(); !kept) co_return kept;
    visit.headers.append_lines("content-type: application/json\r\n");
    append_answer_headers(visit, visit.headers);
    co_return co_await visit.responder.send(200, visit.headers, body);
}

/// What the stream cost, as the provider says, else an estimate: a usage that came before the end
/// of a stream that was cut is no better.
Usage usage_of(const RelayOutcome& outcome, const ChatRequest& chat)
{
    if (!outcome.usage) return estimate_usage(chat.document.text().size(), outcome.output_bytes);
    auto usage = *outcome.usage;
    usage.estimated |= outcome.error.has_value() || !outcome.complete;
    return usage;
}

/// Passes the stream on. Who wants exact bills (on_disconnect: drain) has the rest of it read
/// although nobody is there to take it: the caller's leaving then cancels nothing. The state is the
/// whole session's, so it is put back.
Task<RelayOutcome> pass_on(Visit& visit, StreamedChat& job, FormSink& sink, RelayRules rules)
{
    auto begun = co_await visit.responder.begin_stream(200, stream_headers(visit));
    rules.caller_left = !begun;
    if (rules.drain_when_caller_left)
        co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    const auto started = EventTime::get();
    auto outcome = co_await relay(job, sink, rules);
    visit.account.relayed(started);
    if (rules.drain_when_caller_left) {
        co_await asio::this_coro::reset_cancellation_state(
            asio::enable_total_cancellation(), asio::enable_terminal_cancellation()
        );
    }
    co_return outcome;
}

/// What the caller gets to hear at the end of a stream: its proper end, or the error instead of it.
Task<Result<void>> end_stream(
    Visit& visit, ChatSurface& surface, const RelayOutcome& outcome, const Usage& usage
)
{
    std::string last;
    if (!outcome.error) {
        surface.form.finish(last, usage);
        auto kept = surface.keeps() ? co_await surface.keep() : Result<void>{};
        if (!kept) {
            last.clear();
            surface.form.fail(last, kept.error());
        }
    } else if (outcome.error->kind == ErrorKind::cancelled) {
        surface.form.fail(
            last, Error{.kind = ErrorKind::cancelled, .message = "the gateway is shutting down"}
        );
    } else {
        surface.form.fail(last, *outcome.error);
    }
    co_return co_await visit.responder.end_stream(last);
}

Task<Result<void>> streamed_answer(
    Visit& visit, const ChatRequest& chat, const Plan& plan, ChatSurface& surface
)
{
    auto& account = visit.account;
    StreamedChat job(chat);
    auto dispatched = co_await visit.services.dispatcher.run(job, plan, account.context);
    if (!dispatched) co_return std::unexpected(std::move(dispatched).error());

    const auto& candidate = *dispatched->candidate;
    account.answered_by(candidate, true);
    account.first_token();
    account.succeeded(200);
    if (!job.opening.empty()) account.answer_is(job.opening.front().id, job.opening.front().model);
    ReplayCollector replays;
    FormSink sink(visit.responder, surface.form, replays);
    surface.form.begin(sink.out, facts_of(visit, candidate));
    const RelayRules rules{
        .between_tokens = candidate.provider->config->timeouts.between_tokens,
        .deadline = account.context.deadline,
        .drain_when_caller_left = plan.on_disconnect == OnDisconnect::drain,
    };
    auto outcome = co_await pass_on(visit, job, sink, rules);
    for (auto& found : replays.take())
        remember(visit, candidate, std::move(found.call_id), std::move(found.json_text));
    const auto usage = usage_of(outcome, chat);
    if (!outcome.caller_left)
        outcome.caller_left = !co_await end_stream(visit, surface, outcome, usage);
    if (job.stream) account.skipped_events(job.stream->malformed_events());
    account.finished(outcome.finish);

    account.used(usage, price(candidate, usage));
    const auto upstream_failure = outcome.error ? std::optional(outcome.error->kind) : std::nullopt;
    if (outcome.caller_left && !outcome.error)
        outcome.error = Error{.kind = ErrorKind::cancelled, .message = "the caller left"};
    if (outcome.error) account.broke_off(*outcome.error);

    const bool caller_deadline = account.context.caller_deadline;
    if (outcome.complete)
        dispatched->account.settle(std::nullopt);
    else if (!upstream_failure)
        dispatched->account.settle(ErrorKind::cancelled);
    else
        dispatched->account.settle(blamed_on_target(*upstream_failure, caller_deadline));
    if (outcome.complete && job.stream) co_await job.stream->read_to_end();
    co_return Result<void>{};
}

Task<Result<void>> answer(
    Visit& visit, const ChatRequest& chat, const Plan& plan, ChatSurface& surface
)
{
    return chat.stream ? streamed_answer(visit, chat, plan, surface)
                       : whole_answer(visit, chat, plan, surface);
}

Task<Result<void>> answer_if_it_fits(
    Visit& visit, const ChatRequest& chat, Plan& plan, ChatSurface& surface
)
{
    if (auto checked = co_await check_context(visit, chat, plan); !checked) co_return checked;
    co_return co_await answer(visit, chat, plan, surface);
}

}  // namespace

AnswerFacts facts_of(
    const Visit& visit, const Candidate& candidate, const std::optional<Cost>& cost
)
{
    return {
        .request_id = visit.account.request_id(),
        .provider = candidate.provider->config->name,
        .model = candidate.model,
        .created = unix_now(),
        .cost_usd = cost ? std::optional(cost->total()) : std::nullopt,
        .warnings = visit.account.context.warnings,
    };
}

void append_answer_headers(const Visit& visit, HeaderBlock& headers)
{
    if (!visit.account.context.warnings.empty())
        headers.push_back({"x-sluice-warnings", joined(visit.account.context.warnings)});
    visit.account.append_answer_headers(headers);
}

Task<Result<void>> answer_chat(Visit& visit, ChatRequest& chat, Plan& plan, ChatSurface& surface)
{
    if (const auto ids = tool_call_ids(chat); !ids.empty())
        chat.replays = visit.services.replays.recall(visit.caller->owner(), ids);
    if (context_is_doubtful(chat, plan)) return answer_if_it_fits(visit, chat, plan, surface);
    return answer(visit, chat, plan, surface);
}

}  // namespace sluice
