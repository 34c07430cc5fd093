#include "api/error_body.hpp"
#include "api/transcript_body.hpp"
#include "core/sse.hpp"
#include "dispatch/estimate.hpp"
#include "dispatch/transcription.hpp"
#include "server/chat.hpp"
#include "server/endpoints.hpp"
#include "server/plan.hpp"
#include "server/upload.hpp"

#include <array>
#include <memory>

namespace sluice {

namespace {

constexpr std::array<std::string_view, 1> file_names{"file"};
constexpr milliseconds keep_alive{15'000};

/// What it cost: as the provider says, else an estimate from the text, which is what there is.
void account_for(
    Visit& visit, const Candidate& candidate, std::optional<Usage> usage, std::size_t output
)
{
    if (!usage) usage = estimate_usage(0, output);
    const bool counted = !usage->estimated;
    const auto cost = counted ? price(candidate, *usage) : std::nullopt;
    visit.account.used(*usage, cost);
}

Task<Result<void>> whole_answer(
    Visit& visit, Transcribing& job, Dispatched& answer, const TranscriptionRequest& request
)
{
    const auto& candidate = *answer.candidate;
    answer.account.settle(std::nullopt);
    visit.account.answered_by(candidate, false);
    const auto& transcript = job.transcript;
    const auto said = transcript.text.empty() ? transcript.native.size() : transcript.text.size();
    account_for(visit, candidate, transcript.usage, said);
    visit.account.succeeded(200);
    const std::string_view model =
        transcript.model.empty() ? candidate.model : std::string_view(transcript.model);
    const auto body = transcript_body(transcript, request, model);
    visit.headers.push_back({"content-type", body.content_type});
    append_answer_headers(visit, visit.headers);
    co_return co_await visit.responder.send(200, visit.headers, body.bytes);
}

/// Passes the events on until the last. An error is the provider's, or says that the caller left.
Task<Result<void>> pass_on(Visit& visit, Transcribing& job, milliseconds patience)
{
    auto out = std::move(job.opening);
    auto heard = Clock::now();
    while (true) {
        const bool over = job.stream->complete();
        if (!out.empty())
            if (auto written = co_await visit.responder.write(out); !written) co_return written;
        if (over) co_return Result<void>{};
        out.clear();
        const auto now = Clock::now();
        const auto silent_until = std::min(after(heard, patience), visit.account.context.deadline);
        auto read = co_await job.stream->next(out, std::min(after(now, keep_alive), silent_until));
        if (read) {
            heard = Clock::now();
            continue;
        }
        if (read.error().kind != ErrorKind::idle_timeout || Clock::now() >= silent_until)
            co_return read;
        out = ": keep-alive\n\n";
    }
}

Task<Result<void>> streamed_answer(Visit& visit, Transcribing& job, Dispatched& answer)
{
    auto& account = visit.account;
    const auto& candidate = *answer.candidate;
    account.answered_by(candidate, true);
    account.first_token();
    account.succeeded(200);
    auto headers = visit.headers;
    headers.push_back({"content-type", "text/event-stream"});
    headers.push_back({"cache-control", "no-cache, no-transform"});
    headers.push_back({"x-accel-buffering", "no"});
    append_answer_headers(visit, headers);

    const auto started = EventTime::get();
    auto passed = co_await visit.responder.begin_stream(200, headers);
    if (passed)
        passed = co_await pass_on(visit, job, candidate.provider->config->timeouts.between_tokens);
    account.relayed(started);
    account_for(visit, candidate, job.stream->usage(), 0);
    if (passed) {
        answer.account.settle(std::nullopt);
        co_return co_await visit.responder.end_stream();
    }
    const auto& error = passed.error();
    answer.account.settle(blamed_on_target(error.kind, account.context.caller_deadline));
    account.broke_off(error);
    std::string last;
    std::string event;
    json::ObjectWriter(event).raw("error", openai_error_object(error)).close();
    append_event(last, event);
    std::ignore = co_await visit.responder.end_stream(last);
    co_return Result<void>{};
}

Task<Result<void>> transcribe(Visit& visit, bool translate)
{
    auto upload = std::make_shared<Upload>(
        *visit.request.upload, visit.services.background, visit.services.context.get_executor()
    );
    auto opened = co_await upload->open(visit.request.header("content-type"), file_names, "model");
    if (!opened) co_return opened;
    if (!upload->has_file())
        co_return std::unexpected(
            Error{.kind = ErrorKind::malformed, .message = "Missing audio file", .param = "file"}
        );
    const TranscriptionRequest request{.form = upload->form(), .translate = translate};
    const std::string model(request.model());  // the form may grow while the plan is in use
    auto plan = make_plan(visit, {}, model, Operation::transcription);
    if (!plan) co_return std::unexpected(std::move(plan).error());

    Transcribing job(request, upload);
    auto dispatched = co_await visit.services.dispatcher.run(job, *plan, visit.account.context);
    if (!dispatched) co_return std::unexpected(std::move(dispatched).error());
    if (job.stream) co_return co_await streamed_answer(visit, job, *dispatched);
    co_return co_await whole_answer(visit, job, *dispatched, request);
}

}  // namespace

Task<Result<void>> transcriptions(Visit& visit)
{
    return transcribe(visit, false);
}

Task<Result<void>> translations(Visit& visit)
{
    return transcribe(visit, true);
}

}  // namespace sluice
