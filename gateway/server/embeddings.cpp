#include "api/connector.hpp"
#include "api/openai_embeddings.hpp"
#include "dispatch/estimate.hpp"
#include "dispatch/job.hpp"
#include "server/chat.hpp"
#include "server/endpoints.hpp"
#include "server/plan.hpp"

namespace sluice {

namespace {

/// How a surface words the answer.
using Words = std::string (*)(
    const EmbeddingsResponse& response, const AnswerFacts& facts, const EmbeddingsRequest& request
);

/// name: of a provider or route; empty: the model decides.
Task<Result<void>> answer_embeddings(Visit& visit, std::string_view name, Words words)
{
    auto& account = visit.account;
    auto request = parse_embeddings_request(std::move(visit.request.body));
    if (!request) co_return std::unexpected(std::move(request).error());
    auto plan = make_plan(visit, name, request->model, Operation::embeddings);
    if (!plan) co_return std::unexpected(std::move(plan).error());

    Embeddings job(*request);
    auto dispatched = co_await visit.services.dispatcher.run(job, *plan, account.context);
    if (!dispatched) co_return std::unexpected(std::move(dispatched).error());
    dispatched->account.settle(std::nullopt);

    const auto& candidate = *dispatched->candidate;
    if (!job.response.usage)
        job.response.usage = estimate_usage(request->document.text().size(), 0);
    const auto cost = price(candidate, *job.response.usage);
    account.answered_by(candidate, false);
    account.used(*job.response.usage, cost);
    account.succeeded(200);
    account.answer_is(job.response.id, job.response.model);

    const auto body = words(job.response, facts_of(visit, candidate, cost), *request);
    visit.headers.push_back({"content-type", "application/json"});
    append_answer_headers(visit, visit.headers);
    co_return co_await visit.responder.send(200, visit.headers, body);
}

bool wants_base64(const EmbeddingsRequest& request)
{
    return request.document.find("encoding_format").value_or("") == R"("base64")";
}

}  // namespace

Task<Result<void>> connector_embeddings(Visit& visit)
{
    return answer_embeddings(
        visit,
        visit.parameter,
        [](const auto& response, const auto& facts, const auto&) {
            return connector_embeddings_body(response, facts);
        }
    );
}

Task<Result<void>> openai_embeddings(Visit& visit)
{
    return answer_embeddings(
        visit,
        {},
        [](const auto& response, const auto& facts, const auto& request) {
            return openai_embeddings_body(response, facts, wants_base64(request));
        }
    );
}

}  // namespace sluice
