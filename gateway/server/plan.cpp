#include "server/plan.hpp"

#include "core/ids.hpp"
#include "server/model_catalog.hpp"
#include "telemetry/log.hpp"

#include <algorithm>
#include <chrono>

namespace sluice {

namespace {

/// Once a day and target, the log hears of a model that is about to go.
void warn_of_shutdown(const Candidate& candidate)
{
    if (!candidate.known || candidate.known->shutdown_date.empty()) return;
    const auto today = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
    const auto day = static_cast<int>(today.time_since_epoch().count());
    if (candidate.target->shutdown_told.exchange(day, std::memory_order_relaxed) == day) return;
    const auto notice = shutdown_notice(candidate.known->shutdown_date, today);
    if (!notice) return;
    LogLine(LogLevel::warn, "a model in use is shut down by its provider")
        .text("provider", candidate.provider->config->name)
        .text("model", candidate.model)
        .text("notice", *notice)
        .write();
}

}  // namespace

Result<Plan> make_plan(
    Visit& visit, std::string_view name, std::string_view model, Operation operation
)
{
    auto& context = visit.account.context;
    context.operation = to_string(operation);
    const bool own_key = !context.own_key.empty();
    auto plan = visit.snapshot.router.plan(
        name, model, operation, EventTime::get(), random_unit(), own_key
    );
    if (!plan) return plan;
    warn_of_shutdown(plan->candidates.front());
    const auto& timeouts = plan->candidates.front().provider->config->timeouts;
    context.deadline = std::min(context.deadline, after(visit.account.arrived(), timeouts.total));
    return plan;
}

}  // namespace sluice
