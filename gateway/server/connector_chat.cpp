#include "api/chat_chunks.hpp"
#include "api/connector.hpp"
#include "api/openai_chat.hpp"
#include "core/ids.hpp"
#include "dispatch/chat_stream.hpp"
#include "dispatch/estimate.hpp"
#include "dispatch/relay.hpp"
#include "server/endpoints.hpp"
#include "server/plan.hpp"

#include <boost/asio/this_coro.hpp>

#include <chrono>

namespace sluice {

namespace {

std::int64_t unix_now()
{
    return std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
}

/// Text of the answer in bytes, for an estimate.
std::size_t output_bytes(const ChatResponse& response)
{
    std::size_t bytes = 0;
    for (const auto& choice : response.choices) {
        bytes += choice.content.value_or("").size() + choice.refusal.value_or("").size() +
                 choice.reasoning.size();
        for (const auto& call : choice.tool_calls)
            bytes += call.name.size() + call.arguments.size();
    }
    return bytes;
}

/// Canonical deltas as OpenAI's chunks. The head of the response goes out with the first of them.
class ChunkSink : public StreamSink {
public:
    ChunkSink(Responder& responder, ChunkWriter& chunks) : responder_(responder), chunks_(chunks) {}

    Task<Result<void>> write(std::span<const ChatDelta> deltas) override
    {
        out_.clear();
        for (const auto& delta : deltas) chunks_.append(out_, delta);
        if (out_.empty()) co_return Result<void>{};
        co_return co_await responder_.write(out_);
    }
    Task<Result<void>> keep_alive() override
    {
        co_return co_await responder_.write(": keep-alive\n\n");
    }

private:
    Responder& responder_;
    ChunkWriter& chunks_;
    std::string out_;
};

std::string joined(const std::vector<std::string>& warnings)
{
    std::string out;
    for (const auto& warning : warnings) out.append(out.empty() ? "" : "; ").append(warning);
    for (char& c : out)
        if (c < ' ' || c > '~') c = '?';  // a header takes no more
    return out;
}

Headers stream_headers(const Visit& visit)
{
    auto headers = visit.headers;
    headers.push_back({"content-type", "text/event-stream"});
    headers.push_back({"cache-control", "no-cache, no-transform"});
    headers.push_back({"x-accel-buffering", "no"});
    if (!visit.account.context.warnings.empty())
        headers.push_back({"x-sluice-warnings", joined(visit.account.context.warnings)});
    visit.account.append_answer_headers(headers);
    return headers;
}

/// What the caller gets to hear at the end of a stream: the rest and [DONE], or the error instead
/// of it.
Task<Result<void>> end_stream(Visit& visit, ChunkWriter& chunks, const RelayOutcome& outcome)
{
    std::string last;
    if (!outcome.error) {
        chunks.finish(last, outcome.usage);
    } else if (outcome.error->kind == ErrorKind::cancelled) {
        append_stream_error(
            last, Error{.kind = ErrorKind::cancelled, .message = "the gateway is shutting down"}
        );
    } else {
        append_stream_error(last, *outcome.error);
    }
    co_return co_await visit.responder.end_stream(last);
}

Task<Result<void>> whole_answer(Visit& visit, const ChatRequest& chat, const Plan& plan)
{
    auto& account = visit.account;
    WholeChat job(chat);
    auto dispatched = co_await visit.services.dispatcher.run(job, plan, account.context);
    if (!dispatched) co_return std::unexpected(std::move(dispatched).error());
    dispatched->account.settle(std::nullopt);

    const auto& candidate = *dispatched->candidate;
    auto& response = job.response;
    if (!response.usage)
        response.usage = estimate_usage(chat.document.text().size(), output_bytes(response));
    const auto cost = price(candidate, visit.snapshot.router.models(), *response.usage);
    account.answered_by(candidate, false);
    account.used(*response.usage, cost);
    account.succeeded(200);

    visit.headers.push_back({"content-type", "application/json"});
    account.append_answer_headers(visit.headers);
    const auto body = connector_chat_body(
        response,
        {.request_id = account.request_id(),
         .provider = candidate.provider->config->name,
         .cost_usd = cost,
         .warnings = account.context.warnings}
    );
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
Task<RelayOutcome> pass_on(Visit& visit, StreamedChat& job, ChunkWriter& chunks, RelayRules rules)
{
    auto begun = co_await visit.responder.begin_stream(200, stream_headers(visit));
    rules.caller_left = !begun;
    if (rules.drain_when_caller_left)
        co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    ChunkSink sink(visit.responder, chunks);
    const auto started = Clock::now();
    auto outcome = co_await relay(job, sink, rules);
    visit.account.context.waited += Clock::now() - started;
    if (rules.drain_when_caller_left) {
        co_await asio::this_coro::reset_cancellation_state(
            asio::enable_total_cancellation(), asio::enable_terminal_cancellation()
        );
    }
    co_return outcome;
}

Task<Result<void>> streamed_answer(Visit& visit, const ChatRequest& chat, const Plan& plan)
{
    auto& account = visit.account;
    StreamedChat job(chat);
    auto dispatched = co_await visit.services.dispatcher.run(job, plan, account.context);
    if (!dispatched) co_return std::unexpected(std::move(dispatched).error());

    const auto& candidate = *dispatched->candidate;
    account.answered_by(candidate, true);
    account.first_token();
    account.succeeded(200);
    ChunkWriter chunks(
        concat("chatcmpl-", account.request_id()), candidate.model, unix_now(), chat.include_usage
    );
    const RelayRules rules{
        .between_tokens = candidate.provider->config->timeouts.between_tokens,
        .deadline = account.context.deadline,
        .drain_when_caller_left = plan.on_disconnect == OnDisconnect::drain,
    };
    auto outcome = co_await pass_on(visit, job, chunks, rules);
    if (!outcome.caller_left) outcome.caller_left = !co_await end_stream(visit, chunks, outcome);
    if (job.stream) account.skipped_events(job.stream->malformed_events());

    const auto usage = usage_of(outcome, chat);
    account.used(usage, price(candidate, visit.snapshot.router.models(), usage));
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

Task<Result<void>> answer_chat(Visit& visit, bool always_stream)
{
    auto chat = parse_chat_request(std::move(visit.request.body));
    if (!chat) co_return std::unexpected(std::move(chat).error());
    chat->stream = chat->stream || always_stream;
    auto plan = make_plan(visit, chat->model, Operation::chat);
    if (!plan) co_return std::unexpected(std::move(plan).error());
    if (chat->stream) co_return co_await streamed_answer(visit, *chat, *plan);
    co_return co_await whole_answer(visit, *chat, *plan);
}

}  // namespace

Task<Result<void>> connector_chat(Visit& visit)
{
    return answer_chat(visit, false);
}

Task<Result<void>> connector_chat_stream(Visit& visit)
{
    return answer_chat(visit, true);
}

}  // namespace sluice
