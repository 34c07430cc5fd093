#include "dispatch/dispatcher.hpp"

#include "core/ids.hpp"
#include "dispatch/attempt.hpp"
#include "dispatch/course.hpp"

#include <boost/asio/basic_waitable_timer.hpp>

#include <utility>

namespace sluice {

namespace {

void note_attempt(
    RequestContext& context,
    const Job& job,
    const Leg& leg,
    const Error* error,
    TimePoint started,
    TimePoint ended
)
{
    auto& record = context.attempts.emplace_back();
    record.provider = leg.endpoint().provider;
    record.model = leg.candidate.model;
    record.provider_type = leg.candidate.provider->entry->type;
    if (error) record.error = error->kind;
    record.status = error ? error->upstream_status : 200;
    record.took = std::chrono::duration_cast<milliseconds>(ended - started);
    record.started = started;
    record.answered = record.ended = ended;
    record.stream = job.streaming();
    if (!context.traced) return;
    record.span_id = context.trace.span_id;
    record.origin = leg.endpoint().origin;
}

}  // namespace

Task<Result<Dispatched>> Dispatcher::run(Job& job, const Plan& plan, RequestContext& context)
{
    Course course(plan, context);
    bool more = course.next();
    while (more) {
        auto& leg = course.leg();
        const auto started = EventTime::get();
        if (context.traced) context.trace = child_of(context.trace);
        auto place = course.enter(started);
        Result<void> outcome;
        if (place) {
            auto& pool = pools_.of(*leg.candidate.provider->config);
            outcome = co_await attempt(job, pool, leg, context);
        } else {
            outcome = std::unexpected(std::move(place).error());
        }

        const auto ended = EventTime::get();
        if (leg.sent) context.waited += ended - *leg.sent;
        auto* error = outcome ? nullptr : &outcome.error();
        note_attempt(context, job, leg, error, started, ended);
        if (outcome) {
            place->answered(ended);
            co_return Dispatched{&leg.candidate, *std::move(place)};
        }

        if (place) place->settle(blamed_on_target(error->kind, context.caller_deadline), ended);
        auto [verdict, delay] = course.after(*error, job.repeatable(), ended, random_unit());
        if (verdict == Verdict::retry_repaired) continue;
        if (verdict == Verdict::retry_same) {
            outcome = co_await pause(delay, context);
            if (outcome) continue;
            verdict = Verdict::give_up;
        }
        course.failed(std::move(outcome).error(), verdict);
        more = course.next();
    }
    co_return std::unexpected(course.verdict());
}

Task<Result<void>> Dispatcher::pause(milliseconds delay, RequestContext& context)
{
    const auto started = Clock::now();
    asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, Executor> timer(
        context_.get_executor(), delay
    );
    const auto [error] = co_await timer.async_wait(no_throw);
    context.waited += Clock::now() - started;
    if (error) co_return fail(ErrorKind::cancelled, "the caller left");
    co_return Result<void>{};
}

}  // namespace sluice
