#include "runtime/worker.hpp"

#include <boost/asio/post.hpp>

#include <utility>

namespace sluice {

Worker::Worker(Shared& shared, std::shared_ptr<const Snapshot> snapshot)
    : shared_(shared),
      activity_(shared.activity.add_lane()),
      pools_(context_, timer_, shared.resolver, shared.tls),
      dispatcher_(context_, pools_),
      model_lists_(pools_),
      frontend_(
          Services{
              context_,
              dispatcher_,
              model_lists_,
              shared.replays,
              shared.tokens,
              shared.store,
              shared.background,
              shared.metrics,
              shared.activity,
              activity_,
              shared.traces,
              shared.gate,
              shared.lifecycle
          },
          snapshot
      )
{
    pools_.configure(snapshot->config.providers);
}

Worker::~Worker()
{
    listeners_.clear();
    context_.abandon();  // the frames of sessions that are still open go before the pools they use
}

asio::ip::tcp::endpoint Worker::listen(
    const asio::ip::tcp::endpoint& address, const ServerConfig& config
)
{
    listeners_.push_back(std::make_unique<Listener>(
        context_, timer_, address, config, frontend_, shared_.front_door, shared_.connections
    ));
    return listeners_.back()->address();
}

void Worker::start()
{
    for (auto& listener : listeners_) listener->start();
    thread_ = std::thread([this] {
        const LogOfThread log(activity_);
        context_.run();
    });
}

void Worker::use(std::shared_ptr<const Snapshot> snapshot)
{
    asio::post(context_, [this, snapshot = std::move(snapshot)]() mutable {
        pools_.configure(snapshot->config.providers);
        frontend_.use(std::move(snapshot));
        model_lists_.clear();
    });
}

void Worker::drain()
{
    asio::post(context_, [this] {
        for (auto& listener : listeners_) listener->drain();
    });
}

void Worker::break_off()
{
    asio::post(context_, [this] {
        for (auto& listener : listeners_) listener->stop();
    });
}

std::size_t Worker::sessions() const
{
    std::size_t open = 0;
    for (const auto& listener : listeners_) open += listener->sessions();
    return open;
}

bool Worker::beat()
{
    const bool alive = beat_.exchange(false);
    asio::post(context_, [this] { beat_ = true; });
    return alive;
}

void Worker::stop()
{
    guard_.reset();
    context_.stop();
    if (thread_.joinable()) thread_.join();
}

}  // namespace sluice
