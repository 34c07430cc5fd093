#include "dispatch/model_lists.hpp"

#include "upstream/exchange.hpp"

#include <algorithm>

namespace sluice {

namespace {

using namespace std::chrono_literals;

constexpr auto kept_for = 5min;
constexpr auto patience = 10s;
constexpr std::size_t max_list = 8u << 20;

}  // namespace

Task<Result<std::vector<ListedModel>>> ModelLists::get(
    const Provider& provider, const std::string& own_key, TimePoint deadline
)
{
    const auto now = Clock::now();
    if (own_key.empty()) {
        if (const auto kept = kept_.find(provider.config->name);
            kept != kept_.end() && now < kept->second.until)
            co_return kept->second.models;
    }
    const auto endpoint =
        own_key.empty() ? provider.endpoint : with_own_key(provider.endpoint, own_key);
    auto& pool = pools_.of(*provider.config);
    const auto by = std::min(deadline, now + patience);
    const auto request = provider.entry->translator->encode_models(endpoint);
    auto exchange =
        co_await Exchange::start(pool, endpoint, request, {.connect = by, .response = by});
    if (!exchange) co_return std::unexpected(std::move(exchange).error());
    HttpResponse response{
        .status = exchange->status(), .headers = exchange->headers().copied(), .body = {}
    };
    auto body = co_await exchange->read_all(by, max_list);
    if (!body) co_return std::unexpected(std::move(body).error());
    response.body = std::move(*body);

    Result<std::vector<ListedModel>> models;
    if (response.status == 200)
        models = provider.entry->translator->decode_models(response.body);
    else
        models = std::unexpected(provider.entry->translator->decode_error(response));
    if (!models) {
        models.error().provider = provider.config->name;
        models.error().own_key = endpoint.own_key;
        co_return models;
    }
    if (own_key.empty())
        kept_.insert_or_assign(provider.config->name, Kept{now + kept_for, *models});
    co_return models;
}

}  // namespace sluice
