#include "runtime/gateway.hpp"

#include "config/model_table.hpp"
#include "store/open_store.hpp"
#include "telemetry/log.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <stdexcept>
#include <thread>
#include <utility>

namespace sluice {

namespace {

using asio::ip::tcp;

/// "127.0.0.1:8006", "[::1]:8006", "localhost:8006", ":8006" (all addresses).
std::vector<tcp::endpoint> resolve_listen(const std::string& text)
{
    const auto colon = text.rfind(':');
    auto host = text.substr(0, colon);
    const auto port = text.substr(colon + 1);
    if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
    asio::io_context context;
    tcp::resolver resolver(context);
    std::vector<tcp::endpoint> endpoints;
    for (const auto& entry :
         resolver.resolve(host.empty() ? "0.0.0.0" : host, port, tcp::resolver::passive))
        endpoints.push_back(entry.endpoint());
    return endpoints;
}

int worker_count(const ServerConfig& config)
{
    if (config.workers > 0) return config.workers;
    return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

TokenCounter load_tokens(const TokenizerConfig& config)
{
    auto tokens = TokenCounter::load(config.directory);
    if (!tokens) throw std::runtime_error(concat("tokenizer.directory: ", tokens.error().message));
    return *std::move(tokens);
}

std::unique_ptr<Store> open_state(const StateConfig& config)
{
    auto store = open_store(config);
    if (!store) throw std::runtime_error(concat("state: ", store.error().message));
    return *std::move(store);
}

std::unique_ptr<TraceExporter> make_exporter(
    const TraceConfig& config, Resolver& resolver, TlsClients& tls
)
{
    if (config.endpoint.empty()) return nullptr;
    return std::make_unique<TraceExporter>(config, resolver, tls);
}

/// What listeners, sessions, token counts and the log keep as it was at the start.
std::vector<std::string> fixed_changes(const Config& before, const Config& now)
{
    std::vector<std::string> changed;
    const auto compare = [&](auto ServerConfig::* member, std::string_view name) {
        if (before.server.*member != now.server.*member) changed.push_back(concat("server.", name));
    };
    compare(&ServerConfig::listen, "listen");
    compare(&ServerConfig::workers, "workers");
    compare(&ServerConfig::max_connections, "max_connections");
    compare(&ServerConfig::max_body, "max_body");
    compare(&ServerConfig::max_upload, "max_upload");
    compare(&ServerConfig::header_timeout, "header_timeout");
    compare(&ServerConfig::min_body_rate, "min_body_rate");
    compare(&ServerConfig::keep_alive_timeout, "keep_alive_timeout");
    compare(&ServerConfig::write_timeout, "write_timeout");
    compare(&ServerConfig::drain_delay, "drain_delay");
    compare(&ServerConfig::drain_timeout, "drain_timeout");
    if (before.tokenizer.directory != now.tokenizer.directory)
        changed.emplace_back("tokenizer.directory");
    if (before.state.store != now.state.store) changed.emplace_back("state.store");
    if (before.state.path != now.state.path) changed.emplace_back("state.path");
    if (before.state.keep != now.state.keep) changed.emplace_back("state.keep");
    if (before.traces != now.traces) changed.emplace_back("traces");
    if (before.log.format != now.log.format) changed.emplace_back("log.format");
    return changed;
}

}  // namespace

void Gateway::FrontDoor::trailers(int)
{
    metrics_.rejected("trailers_dropped");
}

Gateway::Gateway(Config config)
    : snapshot_(make_snapshot(std::move(config))),
      tokens_(load_tokens(snapshot_->config.tokenizer)),
      store_(open_state(snapshot_->config.state)),
      exporter_(make_exporter(snapshot_->config.traces, resolver_, tls_)),
      gate_(snapshot_->config.server.max_concurrency, snapshot_->config.server.queue_size),
      shared_{
          metrics_,
          activity_,
          exporter_ ? &exporter_->queue() : nullptr,
          background_,
          gate_,
          lifecycle_,
          resolver_,
          tls_,
          replays_,
          tokens_,
          *store_,
          front_door_,
          connections_
      }
{
    limiter_.configure(snapshot_->config.auth);
    for (int i = 0; i < worker_count(snapshot_->config.server); ++i)
        workers_.push_back(std::make_unique<Worker>(shared_, snapshot_));
    open_listeners();
    refresh_at_scrape();
    metrics_.reload(true);
}

Gateway::~Gateway()
{
    stop();
}

std::shared_ptr<const Snapshot> Gateway::make_snapshot(Config config)
{
    mock_.serve(config);
    for (const auto& provider : config.providers) tls_.get(provider.ca_file);
    return std::make_shared<const Snapshot>(
        std::move(config), targets_, ModelTable::built_in(), limiter_
    );
}

void Gateway::open_listeners()
{
    const auto& server = snapshot_->config.server;
    for (const auto& text : server.listen) {
        for (auto endpoint : resolve_listen(text)) {
            // The first worker settles the port where 0 was asked for; the others share it.
            for (auto& worker : workers_) endpoint = worker->listen(endpoint, server);
            addresses_.push_back(endpoint);
        }
    }
}

void Gateway::start()
{
    if (exporter_) exporter_->start();
    for (auto& worker : workers_) worker->start();
    running_ = true;
    lifecycle_.ready = true;
}

std::vector<std::string> Gateway::reload(Config config)
{
    const auto before = snapshot_;
    snapshot_ = make_snapshot(std::move(config));
    const auto& now = snapshot_->config;
    gate_.reconfigure(now.server.max_concurrency, now.server.queue_size);
    limiter_.configure(now.auth);
    set_log_level(now.log.level);
    for (const auto& provider : snapshot_->router.providers()) provider->key->cooldown.clear();
    for (auto& worker : workers_) worker->use(snapshot_);
    refresh_at_scrape();
    for (const auto& route : before->config.routes)
        if (!std::ranges::count(now.routes, route.name, &RouteConfig::name))
            metrics_.route_targets(route.name, 0, 0, 0);
    metrics_.reload(true);
    return fixed_changes(before->config, now);
}

void Gateway::close_listeners()
{
    for (auto& worker : workers_) worker->drain();
}

std::size_t Gateway::sessions() const
{
    std::size_t open = 0;
    for (const auto& worker : workers_) open += worker->sessions();
    return open;
}

void Gateway::break_off()
{
    lifecycle_.stopping = true;
    for (auto& worker : workers_) worker->break_off();
}

void Gateway::stop()
{
    if (!std::exchange(running_, false)) return;
    for (auto& worker : workers_) worker->stop();
    background_.stop();
    if (exporter_) exporter_->stop();
    metrics_.on_scrape({});
    mock_.stop();
}

bool Gateway::alive()
{
    bool all = true;
    for (auto& worker : workers_) all &= worker->beat();
    return all;
}

void Gateway::refresh_at_scrape()
{
    metrics_.on_scrape([this, snapshot = snapshot_](Metrics&) { refresh_gauges(*snapshot); });
}

void Gateway::refresh_gauges(const Snapshot& snapshot)
{
    std::map<std::string, Pools::Count> connections;
    for (const auto& worker : workers_) worker->pools().count(connections);
    for (const auto& [provider, count] : connections)
        metrics_.pool(provider, static_cast<double>(count.idle), static_cast<double>(count.in_use));
    metrics_.queue_depth(gate_.waiting());
    metrics_.connections(connections_.open.load());
    metrics_.store_up(store_->kind(), store_->up());
    const auto now = Clock::now();
    targets_.each([now](Target& target) {
        target.metrics.breaker(to_string(target.breaker.state(now)));
    });
    for (const auto& route : snapshot.config.routes) {
        std::array<double, 3> in_state{};
        for (const auto* target : snapshot.router.targets_of(route))
            ++in_state[static_cast<std::size_t>(target->breaker.state(now))];
        const auto [closed, open, half_open] = in_state;
        metrics_.route_targets(route.name, closed, open, half_open);
    }
}

}  // namespace sluice
