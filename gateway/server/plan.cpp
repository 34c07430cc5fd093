#include "server/plan.hpp"

#include "core/ids.hpp"

#include <algorithm>

namespace sluice {

Result<Plan> make_plan(
    Visit& visit, std::string_view name, std::string_view model, Operation operation
)
{
    auto& context = visit.account.context;
    const bool own_key = !context.own_key.empty();
    auto plan =
        visit.snapshot.router.plan(name, model, operation, Clock::now(), random_unit(), own_key);
    if (!plan) return plan;
    const auto& timeouts = plan->candidates.front().provider->config->timeouts;
    context.deadline = std::min(context.deadline, after(visit.account.arrived(), timeouts.total));
    return plan;
}

}  // namespace sluice
