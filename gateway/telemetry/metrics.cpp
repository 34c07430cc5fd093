#include "telemetry/metrics.hpp"

#include "telemetry/families.hpp"

#include <prometheus/text_serializer.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <iterator>

namespace sluice {

constexpr std::size_t max_targets = 500;

std::string_view to_string(Surface surface)
{
    switch (surface) {
        case Surface::connector: return "connector";
        case Surface::panel: return "panel";
        case Surface::sessions: return "sessions";
        case Surface::assistants: return "assistants";
        case Surface::openai: return "openai";
        case Surface::operations: return "operations";
    }
    std::unreachable();
}

OutcomeIndex outcome_index(const std::optional<ErrorKind>& kind)
{
    return kind ? 1 + static_cast<int>(*kind) : 0;
}

std::string_view outcome_name(OutcomeIndex index)
{
    return index == 0 ? "ok" : code_of(static_cast<ErrorKind>(index - 1));
}

/// The series that exist from the start, so that a page shows them at zero.
struct Metrics::Handles {
    explicit Handles(MetricFamilies& families)
        : open_streams(families.open_streams.with({})),
          queue_depth(families.queue_depth.with({})),
          connections(families.connections.with({})),
          reload_successful(families.reload_successful.with({})),
          reload_time(families.reload_time.with({}))
    {
        for (int i = 0; i < surface_count; ++i) {
            const auto surface = to_string(static_cast<Surface>(i));
            in_flight[static_cast<std::size_t>(i)] = &families.in_flight.with({surface});
            overhead[static_cast<std::size_t>(i)] = &families.overhead.with({surface});
        }
    }

    std::array<Level*, surface_count> in_flight{};
    std::array<Histogram*, surface_count> overhead{};
    Level& open_streams;
    Gauge& queue_depth;
    Gauge& connections;
    Gauge& reload_successful;
    Gauge& reload_time;
};

Metrics::Metrics()
    : families_(std::make_unique<MetricFamilies>()),
      handles_(std::make_unique<Handles>(*families_)),
      no_target_(new TargetMetrics(*families_, "none", "none"))
{
    families_->build_info.with({SLUICE_VERSION}).Set(1);
}

Metrics::~Metrics() = default;

TargetMetrics& Metrics::target(const std::string& provider, const std::string& model)
{
    const std::lock_guard lock(targets_mutex_);
    std::pair key(provider, model);
    auto found = targets_.find(key);
    if (found == targets_.end() && targets_.size() >= max_targets) {
        if (model != "other") families_->dropped.Increment();
        key.second = "other";
        found = targets_.find(key);
    }
    if (found == targets_.end()) {
        std::unique_ptr<TargetMetrics> made(new TargetMetrics(*families_, key.first, key.second));
        found = targets_.emplace(std::move(key), std::move(made)).first;
    }
    return *found->second;
}

void Metrics::request_without_target(Surface surface, OutcomeIndex outcome, double seconds)
{
    no_target_->request(surface, outcome, seconds);
}

void Metrics::overhead(Surface surface, double seconds)
{
    handles_->overhead[static_cast<std::size_t>(surface)]->Observe(seconds);
}

void Metrics::rejected(std::string_view reason)
{
    families_->rejected.with({reason}).Increment();
}

void Metrics::in_flight(Surface surface, int change)
{
    handles_->in_flight[static_cast<std::size_t>(surface)]->Increment(change);
}

void Metrics::open_streams(int change)
{
    handles_->open_streams.Increment(change);
}

int Metrics::requests_in_flight() const
{
    std::int64_t sum = 0;
    for (int i = 0; i < surface_count; ++i)
        if (static_cast<Surface>(i) != Surface::operations)
            sum += handles_->in_flight[static_cast<std::size_t>(i)]->Get();
    return static_cast<int>(sum);
}

int Metrics::streams_open() const
{
    return static_cast<int>(handles_->open_streams.Get());
}

void Metrics::queue_depth(double waiting)
{
    handles_->queue_depth.Set(waiting);
}

void Metrics::pool(std::string_view provider, double idle, double in_use)
{
    families_->pool_connections.with({provider, "idle"}).Set(idle);
    families_->pool_connections.with({provider, "in_use"}).Set(in_use);
}

void Metrics::connections(double open)
{
    handles_->connections.Set(open);
}

void Metrics::route_targets(std::string_view route, double closed, double open, double half_open)
{
    families_->route_targets.with({route, "closed"}).Set(closed);
    families_->route_targets.with({route, "open"}).Set(open);
    families_->route_targets.with({route, "half_open"}).Set(half_open);
}

void Metrics::store_up(std::string_view store, bool up)
{
    families_->store_up.with({store}).Set(up ? 1 : 0);
}

void Metrics::reload(bool successful)
{
    handles_->reload_successful.Set(successful ? 1 : 0);
    if (!successful) return;
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    handles_->reload_time.Set(std::chrono::duration<double>(now).count());
}

void Metrics::on_scrape(std::function<void(Metrics&)> refresh)
{
    const std::lock_guard lock(scrape_mutex_);
    refresh_ = std::move(refresh);
}

std::string Metrics::render()
{
    const std::lock_guard lock(scrape_mutex_);
    if (refresh_) refresh_(*this);
    std::vector<prometheus::MetricFamily> page;
    for (const auto* family : families_->families)
        std::ranges::move(family->Collect(), std::back_inserter(page));
    page.push_back(
        {"sluice_series_dropped_total",
         "Metric series refused because their family or the list of targets was full",
         prometheus::MetricType::Counter,
         {families_->dropped.Collect()}}
    );
    for (const auto& reading : readings) {
        prometheus::ClientMetric value;
        (reading.type == prometheus::MetricType::Counter ? value.counter.value : value.gauge.value
        ) = reading.read();
        page.push_back({reading.name, reading.help, reading.type, {std::move(value)}});
    }
    return prometheus::TextSerializer().Serialize(page);
}

}  // namespace sluice
