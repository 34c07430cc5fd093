#include "core/json.hpp"
#include "server/endpoints.hpp"

#include <chrono>
#include <ctime>

namespace sluice {

namespace {

std::string rfc3339(std::int64_t seconds)
{
    const auto time = static_cast<std::time_t>(seconds);
    std::tm parts{};
    gmtime_r(&time, &parts);
    char text[32];
    const auto size = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
    return std::string(text, size);
}

/// The worst state of all breakers of a provider.
BreakerState breaker_of(const Router& router, std::string_view provider, TimePoint now)
{
    auto worst = BreakerState::closed;
    for (const auto* target : router.targets()) {
        if (target->provider != provider) continue;
        const auto state = target->breaker.state(now);
        if (state == BreakerState::open) return state;
        if (state == BreakerState::half_open) worst = state;
    }
    return worst;
}

std::string health_body(const Snapshot& snapshot)
{
    const auto now = Clock::now();
    bool degraded = false;
    std::string providers;
    json::ObjectWriter listed(providers);
    for (const auto& provider : snapshot.router.providers()) {
        const auto& name = provider->config->name;
        const auto state = breaker_of(snapshot.router, name, now);
        degraded |= state == BreakerState::open;
        json::ObjectWriter one(listed.key(name));
        one.field("configured", provider->usable).field("breaker", to_string(state));
        const auto last = provider->key->last_success.load(std::memory_order_relaxed);
        if (last > 0)
            one.field("last_success", rfc3339(last));
        else
            one.null("last_success");
        one.close();
    }
    listed.close();

    const auto configured = [&](std::string_view name) {
        const auto* provider = snapshot.router.provider(name);
        return provider && provider->usable;
    };
    std::string body;
    json::ObjectWriter out(body);
    out.field("status", degraded ? "degraded" : "healthy")
        .field("service", "sluice")
        .field("version", SLUICE_VERSION)
        .field("environment", snapshot.config.environment)
        .field("openai_configured", configured("openai"))
        .field("mistral_configured", configured("mistral"))
        .raw("providers", providers);
    out.close();
    return body;
}

Task<Result<void>> answer(Visit& visit, int status, std::string_view type, std::string_view body)
{
    visit.account.succeeded(status);
    visit.headers.push_back({"content-type", type});
    visit.headers.push_back({"cache-control", "no-store"});
    co_return co_await visit.responder.send(status, visit.headers, body);
}

}  // namespace

Task<Result<void>> health(Visit& visit)
{
    co_return co_await answer(visit, 200, "application/json", health_body(visit.snapshot));
}

Task<Result<void>> live(Visit& visit)
{
    co_return co_await answer(visit, 200, "application/json", R"({"status":"live"})");
}

Task<Result<void>> ready(Visit& visit)
{
    const auto& life = visit.services.lifecycle;
    const std::string_view why = !life.ready                           ? "starting"
                                 : life.draining                       ? "draining"
                                 : !visit.snapshot.router.any_usable() ? "no usable provider"
                                                                       : "";
    std::string body;
    json::ObjectWriter out(body);
    out.field("status", why.empty() ? "ready" : "not ready");
    if (!why.empty()) out.field("reason", why);
    out.close();
    co_return co_await answer(visit, why.empty() ? 200 : 503, "application/json", body);
}

Task<Result<void>> metrics(Visit& visit)
{
    auto& all = visit.services.metrics;
    const auto text = co_await visit.services.background.run_page(
        visit.services.context.get_executor(), [&all] { return all.render(); }
    );
    if (!text) co_return std::unexpected(text.error());
    co_return co_await answer(visit, 200, "text/plain; version=0.0.4; charset=utf-8", *text);
}

}  // namespace sluice
