#include "api/connector.hpp"
#include "api/openai_embeddings.hpp"
#include "dispatch/estimate.hpp"
#include "dispatch/job.hpp"
#include "server/endpoints.hpp"
#include "server/plan.hpp"

namespace sluice {

Task<Result<void>> connector_embeddings(Visit& visit)
{
    auto& account = visit.account;
    auto request = parse_embeddings_request(std::move(visit.request.body));
    if (!request) co_return std::unexpected(std::move(request).error());
    auto plan = make_plan(visit, visit.parameter, request->model, Operation::embeddings);
    if (!plan) co_return std::unexpected(std::move(plan).error());

    Embeddings job(*request);
    auto dispatched = co_await visit.services.dispatcher.run(job, *plan, account.context);
    if (!dispatched) co_return std::unexpected(std::move(dispatched).error());
    dispatched->account.settle(std::nullopt);

    const auto& candidate = *dispatched->candidate;
    if (!job.response.usage)
        job.response.usage = estimate_usage(request->document.text().size(), 0);
    const auto cost = price(candidate, visit.snapshot.router.models(), *job.response.usage);
    account.answered_by(candidate, false);
    account.used(*job.response.usage, cost);
    account.succeeded(200);

    visit.headers.push_back({"content-type", "application/json"});
    account.append_answer_headers(visit.headers);
    const auto body = connector_embeddings_body(
        job.response,
        {.request_id = account.request_id(),
         .provider = candidate.provider->config->name,
         .cost_usd = cost,
         .warnings = account.context.warnings}
    );
    co_return co_await visit.responder.send(200, visit.headers, body);
}

}  // namespace sluice
