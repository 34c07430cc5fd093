#include "server/model_catalog.hpp"

#include <charconv>

namespace sluice {

namespace {

void describe(ModelEntry& entry, const ModelInfo& known)
{
    if (entry.description.empty()) entry.description = known.description;
    if (entry.context_window == 0) entry.context_window = known.context_window;
    entry.mode = known.mode;
    entry.max_output_tokens = known.max_output;
    entry.input_price = known.prices.input;
    entry.output_price = known.prices.output;
    entry.images = known.images;
    entry.reasoning = known.reasoning;
    entry.shutdown_date = known.shutdown_date;
    const auto today = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
    entry.warning = shutdown_notice(known.shutdown_date, today).value_or("");
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
    entry.provider = provider.config->name;
    if (entry.owned_by.empty()) entry.owned_by = provider.config->name;
    if (entry.id == provider.default_embedding_model) entry.mode = "embedding";
    if (const auto* known = table.find(provider.entry->type, entry.id)) describe(entry, *known);
    for (const auto& configured : provider.config->models)
        if (configured.id == entry.id) describe(entry, configured);
    return entry;
}

/// nullopt where the text is no date.
std::optional<std::chrono::sys_days> parse_date(std::string_view text)
{
    int year = 0;
    unsigned month = 0;
    unsigned day = 0;
    if (text.size() != 10) return std::nullopt;
    std::from_chars(text.data(), text.data() + 4, year);
    std::from_chars(text.data() + 5, text.data() + 7, month);
    std::from_chars(text.data() + 8, text.data() + 10, day);
    const std::chrono::year_month_day date{
        std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)
    };
    return date.ok() ? std::optional(std::chrono::sys_days(date)) : std::nullopt;
}

}  // namespace

Task<Result<std::vector<ModelEntry>>> models_of(
    Visit& visit, const Provider& provider, TimePoint deadline
)
{
    const auto& table = visit.snapshot.router.models();
    const auto& own_key = visit.account.context.own_key;
    std::vector<ModelEntry> entries;
    Result<std::vector<ListedModel>> listed;
    if (provider.usable || !own_key.empty())
        listed = co_await visit.services.model_lists.get(provider, own_key, deadline);
    if (listed) {
        for (auto& model : *listed)
            entries.push_back(describe(
                provider,
                table,
                {.id = std::move(model.id),
                 .description = std::move(model.description),
                 .owned_by = std::move(model.owned_by),
                 .created = model.created,
                 .context_window = model.context_window}
            ));
    }
    if (entries.empty())
        for (const auto* known : table.of_provider(provider.entry->type))
            entries.push_back(describe(provider, table, {.id = known->id}));
    if (entries.empty() && !listed) co_return std::unexpected(std::move(listed).error());
    co_return entries;
}

ModelEntry describe_model(const Provider& provider, const ModelTable& table, std::string_view id)
{
    return describe(provider, table, {.id = std::string(id)});
}

std::optional<std::string> shutdown_notice(
    std::string_view shutdown_date, std::chrono::sys_days today
)
{
    constexpr std::chrono::days soon{30};
    const auto date = parse_date(shutdown_date);
    if (!date || *date - today > soon) return std::nullopt;
    if (*date <= today) return concat("shut down on ", shutdown_date);
    const auto days = std::to_string((*date - today).count());
    return concat("shuts down on ", shutdown_date, ", in ", days, days == "1" ? " day" : " days");
}

}  // namespace sluice
