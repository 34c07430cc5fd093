#include "dispatch/forward.hpp"

#include "dispatch/estimate.hpp"
#include "server/chat.hpp"
#include "server/endpoints.hpp"
#include "server/plan.hpp"

namespace sluice {

namespace {

/// Passes the body on as it comes. An error is the provider's, or says that the caller left.
Task<Result<void>> pass_on(Visit& visit, Forward& job, milliseconds patience)
{
    if (auto written = co_await visit.responder.write(job.opening); !written) co_return written;
    while (true) {
        const auto deadline =
            std::min(after(Clock::now(), patience), visit.account.context.deadline);
        auto piece = co_await job.exchange->read(deadline);
        if (!piece) co_return std::unexpected(std::move(piece).error());
        if (piece->empty()) co_return co_await visit.responder.end_stream();
        if (auto written = co_await visit.responder.write(*piece); !written) co_return written;
    }
}

/// The caller's JSON but for the model to whoever serves it, the answer back as it comes.
Task<Result<void>> forward(Visit& visit, std::string_view path, Operation operation)
{
    auto& account = visit.account;
    auto document = json::Document::parse(std::move(visit.request.body));
    if (!document) co_return std::unexpected(std::move(document).error());
    const auto model = document->find("model").and_then(json::as_string).value_or("");
    auto plan = make_plan(visit, {}, model, operation);
    if (!plan) co_return std::unexpected(std::move(plan).error());

    Forward job(path, *document);
    auto dispatched = co_await visit.services.dispatcher.run(job, *plan, account.context);
    if (!dispatched) co_return std::unexpected(std::move(dispatched).error());
    const auto& candidate = *dispatched->candidate;
    account.answered_by(candidate, false);
    account.used(estimate_usage(document->text().size(), 0), std::nullopt);
    account.succeeded(200);
    const auto type = find_header(job.exchange->headers(), "content-type");
    visit.headers.push_back(
        {"content-type", type.empty() ? std::string_view("application/octet-stream") : type}
    );
    append_answer_headers(visit, visit.headers);

    const auto started = EventTime::get();
    auto passed = co_await visit.responder.begin_stream(200, visit.headers);
    if (passed)
        passed = co_await pass_on(visit, job, candidate.provider->config->timeouts.between_tokens);
    account.relayed(started);
    if (passed) {
        dispatched->account.settle(std::nullopt);
        co_return passed;
    }
    const auto kind = passed.error().kind;
    dispatched->account.settle(blamed_on_target(kind, account.context.caller_deadline));
    account.broke_off(passed.error());
    visit.responder.reset();  // a regular end would make a cut answer look whole
    co_return Result<void>{};
}

}  // namespace

Task<Result<void>> speech(Visit& visit)
{
    return forward(visit, "/audio/speech", Operation::speech);
}

Task<Result<void>> moderations(Visit& visit)
{
    return forward(visit, "/moderations", Operation::moderation);
}

}  // namespace sluice
