#include "api/connector.hpp"
#include "server/endpoints.hpp"

#include <algorithm>
#include <set>

namespace sluice {

namespace {

void describe(ModelEntry& entry, const ModelInfo& known)
{
    if (entry.description.empty()) entry.description = known.description;
    if (entry.context_window == 0) entry.context_window = known.context_window;
    entry.max_output_tokens = known.max_output;
    entry.input_price = known.prices.input;
    entry.output_price = known.prices.output;
    entry.shutdown_date = known.shutdown_date;
}

/// What the configuration says of a model goes over what the table knows.
void describe(ModelEntry& entry, const ModelOverride& configured)
{
    if (configured.context_window) entry.context_window = *configured.context_window;
    if (configured.max_output) entry.max_output_tokens = *configured.max_output;
    if (configured.input_price) entry.input_price = *configured.input_price;
    if (configured.output_price) entry.output_price = *configured.output_price;
}

ModelEntry describe(const Provider& provider, const ModelTable& table, ModelEntry entry)
{
    if (const auto* known = table.find(provider.entry->type, entry.id)) describe(entry, *known);
    for (const auto& configured : provider.config->models)
        if (configured.id == entry.id) describe(entry, configured);
    return entry;
}

/// The provider's live list; without a key, or while the provider cannot be asked, the table's.
Task<Result<std::vector<ModelEntry>>> models_of(Visit& visit, const Provider& provider)
{
    const auto& table = visit.snapshot.router.models();
    const auto& own_key = visit.account.context.own_key;
    std::vector<ModelEntry> entries;
    Result<std::vector<ListedModel>> listed;
    if (provider.usable || !own_key.empty())
        listed = co_await visit.services.model_lists.get(
            provider, own_key, visit.account.context.deadline
        );
    if (listed) {
        for (const auto& model : *listed)
            entries.push_back(describe(
                provider,
                table,
                {.id = model.id,
                 .description = model.description,
                 .context_window = model.context_window}
            ));
    }
    if (entries.empty())
        for (const auto* known : table.of_provider(provider.entry->type))
            entries.push_back(describe(provider, table, {.id = known->id}));
    if (entries.empty() && !listed) co_return std::unexpected(std::move(listed).error());
    co_return entries;
}

}  // namespace

Task<Result<void>> connector_models(Visit& visit)
{
    const auto& router = visit.snapshot.router;
    std::vector<ModelEntry> entries;
    if (const auto* provider = router.provider(visit.parameter)) {
        auto models = co_await models_of(visit, *provider);
        if (!models) co_return std::unexpected(std::move(models).error());
        entries = std::move(*models);
    } else {
        // Of a route: what its targets serve.
        auto plan = router.plan(visit.parameter, {}, Operation::chat, Clock::now(), 0);
        if (!plan) co_return std::unexpected(std::move(plan).error());
        for (const auto& candidate : plan->candidates)
            entries.push_back(
                describe(*candidate.provider, router.models(), {.id = candidate.model})
            );
    }
    visit.account.succeeded(200);
    visit.headers.push_back({"content-type", "application/json"});
    co_return co_await visit.responder.send(200, visit.headers, connector_models_body(entries));
}

}  // namespace sluice
