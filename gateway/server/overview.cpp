#include "server/overview.hpp"

#include "api/json_array.hpp"
#include "core/json.hpp"
#include "server/endpoints.hpp"
#include "server/overview_activity.hpp"
#include "telemetry/process.hpp"

#include <atomic>
#include <chrono>
#include <string>
#include <utility>

namespace sluice {

namespace {

std::int64_t count_of(const std::atomic<std::uint64_t>& counter)
{
    return static_cast<std::int64_t>(counter.load(std::memory_order_relaxed));
}

/// What keeps a target from being asked, though its breaker may be closed.
void add_cooldown(json::ObjectWriter& out, const Target& target, TimePoint now)
{
    auto rest = target.key.cooldown.refusal(now);
    if (!rest) rest = target.cooldown.refusal(now);
    if (!rest) {
        out.null("cooldown");
        return;
    }
    json::ObjectWriter cooldown(out.key("cooldown"));
    cooldown.field("reason", code_of(rest->kind))
        .field("ms", std::int64_t{rest->retry_after.value_or(milliseconds(0)).count()});
    cooldown.close();
}

void add_last_events(json::ObjectWriter& out, const Target& target)
{
    if (const auto last = target.last_failure.read()) {
        json::ObjectWriter error(out.key("last_error"));
        error.field("code", code_of(last->kind)).field("at", last->at);
        error.close();
    } else {
        out.null("last_error");
    }
    const auto success = target.last_success.load(std::memory_order_relaxed);
    if (success > 0)
        out.field("last_success", success * 1000);
    else
        out.null("last_success");
}

void append_target(std::string& text, const Target& target, const Router& router, TimePoint now)
{
    const auto* provider = router.provider(target.provider);
    const auto first_byte = std::chrono::duration<double>(target.latency());
    json::ObjectWriter out(text);
    out.field("provider", target.provider)
        .field("model", target.model)
        .field("usable", provider && provider->usable)
        .field("breaker", to_string(target.breaker.state(now)))
        .field("retry_after_ms", std::int64_t{target.breaker.retry_after(now).count()})
        .field("in_flight", target.in_flight.load(std::memory_order_relaxed))
        .field("calls", count_of(target.calls))
        .field("failures", count_of(target.failures))
        .field("first_byte_ms", to_ms(std::chrono::duration_cast<Clock::duration>(first_byte)));
    add_cooldown(out, target, now);
    add_last_events(out, target);
    out.close();
}

std::string_view to_string(Strategy strategy)
{
    switch (strategy) {
        case Strategy::fallback: return "fallback";
        case Strategy::weighted: return "weighted";
        case Strategy::least_latency: return "least_latency";
    }
    std::unreachable();
}

void append_route(std::string& text, const RouteConfig& route, const Router& router)
{
    json::ObjectWriter out(text);
    out.field("name", route.name).field("strategy", to_string(route.strategy));
    append_array(out.key("targets"), route.targets, [&](const TargetConfig& target) {
        const auto* provider = router.provider(target.provider);
        const bool by_default = target.model.empty() && provider;
        json::ObjectWriter one(text);
        one.field("provider", target.provider)
            .field("model", by_default ? provider->default_model : target.model)
            .field("weight", target.weight);
        one.close();
    });
    out.close();
}

void add_load(json::ObjectWriter& out, const Services& services, const ServerConfig& config)
{
    out.field("in_flight", services.metrics.requests_in_flight())
        .field("open_streams", services.metrics.streams_open());
    json::ObjectWriter queue(out.key("queue"));
    queue.field("waiting", services.gate.waiting())
        .field("size", config.queue_size)
        .field("inside", services.gate.inside())
        .field("max_concurrency", config.max_concurrency);
    queue.close();
}

}  // namespace

std::string overview_body(const Visit& visit)
{
    const auto& config = visit.snapshot.config;
    const auto& router = visit.snapshot.router;
    const auto& caller = *visit.caller;
    const auto tenant = caller.is_operator ? TenantFilter() : TenantFilter(caller.tenant);
    const Calendar calendar;

    std::string body;
    json::ObjectWriter out(body);
    out.field("version", SLUICE_VERSION)
        .field("environment", config.environment)
        .field("demo", config.demo)
        .field("now", calendar.date(calendar.now))
        .field("started", static_cast<std::int64_t>(process::start_time() * 1000))
        .field("tenant", caller.tenant)
        .field("sees_all", caller.is_operator);
    add_load(out, visit.services, config.server);
    append_array(out.key("targets"), router.known_targets(), [&](const Target* target) {
        append_target(body, *target, router, calendar.now);
    });
    append_array(out.key("routes"), config.routes, [&](const RouteConfig& route) {
        append_route(body, route, router);
    });
    add_activity(out, body, visit.services.all_activity, tenant, calendar);
    out.close();
    return body;
}

Task<Result<void>> overview(Visit& visit)
{
    const auto body = co_await visit.services.background.run_page(
        visit.services.context.get_executor(), [&visit] { return overview_body(visit); }
    );
    if (!body) co_return std::unexpected(body.error());
    if (body->empty()) co_return fail(ErrorKind::internal, "the overview could not be made");
    visit.account.succeeded(200);
    visit.headers.push_back({"content-type", "application/json"});
    visit.headers.push_back({"cache-control", "no-store"});
    co_return co_await visit.responder.send(200, visit.headers, *body);
}

}  // namespace sluice
