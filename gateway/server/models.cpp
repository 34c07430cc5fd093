#include "api/connector.hpp"
#include "api/openai_models.hpp"
#include "server/endpoints.hpp"
#include "server/model_catalog.hpp"

#include <boost/url/pct_string_view.hpp>

#include <algorithm>
#include <chrono>

namespace sluice {

namespace {

using namespace std::chrono_literals;

/// One provider that does not answer must not hold up the list of all.
constexpr auto patience_with_all = 5s;

Task<Result<void>> send_json(Visit& visit, const std::string& body)
{
    visit.account.succeeded(200);
    visit.headers.push_back({"content-type", "application/json"});
    co_return co_await visit.responder.send(200, visit.headers, body);
}

ModelEntry route_entry(const RouteConfig& route)
{
    ModelEntry entry{.id = route.name, .description = "a route", .mode = "chat"};
    for (const auto& target : route.targets)
        entry.targets.push_back(
            target.model.empty() ? target.provider : concat(target.provider, "/", target.model)
        );
    return entry;
}

/// The name that leads to this provider's model: the model's own, unless another provider is known
/// for it.
std::string public_id(const Router& router, const Provider& provider, const std::string& model)
{
    const auto plan = router.plan({}, model, Operation::chat, Clock::now(), 0);
    const bool leads_here =
        plan && plan->candidates.size() == 1 && plan->candidates.front().provider == &provider;
    return leads_here ? model : concat(provider.config->name, "/", model);
}

}  // namespace

Task<Result<void>> connector_models(Visit& visit)
{
    const auto& router = visit.snapshot.router;
    std::vector<ModelEntry> entries;
    if (const auto* provider = router.provider(visit.parameter)) {
        auto models = co_await models_of(visit, *provider, visit.account.context.deadline);
        if (!models) co_return std::unexpected(std::move(models).error());
        entries = std::move(*models);
    } else {
        // Of a route: what its targets serve.
        auto plan = router.plan(visit.parameter, {}, Operation::chat, Clock::now(), 0);
        if (!plan) co_return std::unexpected(std::move(plan).error());
        for (const auto& candidate : plan->candidates)
            entries.push_back(describe_model(*candidate.provider, router.models(), candidate.model)
            );
    }
    co_return co_await send_json(visit, connector_models_body(entries));
}

Task<Result<void>> openai_models(Visit& visit)
{
    const auto& router = visit.snapshot.router;
    const auto deadline =
        std::min(after(Clock::now(), patience_with_all), visit.account.context.deadline);
    std::vector<ModelEntry> entries;
    for (const auto& route : visit.snapshot.config.routes) entries.push_back(route_entry(route));
    for (const auto& provider : router.providers()) {
        if (!provider->usable) continue;
        auto models = co_await models_of(visit, *provider, deadline);
        if (!models) continue;  // it has none to tell of now
        for (auto& model : *models) {
            model.id = public_id(router, *provider, model.id);
            entries.push_back(std::move(model));
        }
    }
    co_return co_await send_json(visit, openai_models_body(entries));
}

Task<Result<void>> openai_model(Visit& visit)
{
    const auto& router = visit.snapshot.router;
    const auto encoded = boost::urls::make_pct_string_view(visit.parameter);
    const auto id = encoded ? encoded->decode() : std::string(visit.parameter);
    const auto& routes = visit.snapshot.config.routes;
    if (const auto route = std::ranges::find(routes, id, &RouteConfig::name); route != routes.end())
        co_return co_await send_json(visit, openai_model_body(route_entry(*route)));

    auto plan = router.plan({}, id, Operation::chat, Clock::now(), 0);
    if (!plan) {
        auto error = std::move(plan).error();
        error.kind = ErrorKind::model_gone;
        co_return std::unexpected(std::move(error));
    }
    const auto& candidate = plan->candidates.front();
    const auto& provider = *candidate.provider;
    auto entry = describe_model(provider, router.models(), candidate.model);
    const auto listed = co_await models_of(visit, provider, visit.account.context.deadline);
    if (listed)
        if (const auto live = std::ranges::find(*listed, entry.id, &ModelEntry::id);
            live != listed->end())
            entry = *live;
    entry.id = id;
    co_return co_await send_json(visit, openai_model_body(entry));
}

}  // namespace sluice
