#pragma once

#include "core/deadline_timer.hpp"
#include "core/loop.hpp"
#include "core/task.hpp"
#include "dispatch/dispatcher.hpp"
#include "dispatch/model_lists.hpp"
#include "dispatch/replays.hpp"
#include "server/frontend.hpp"
#include "server/listener.hpp"
#include "tokens/token_counter.hpp"
#include "upstream/pools.hpp"

#include <boost/asio/executor_work_guard.hpp>

#include <memory>
#include <thread>
#include <vector>

namespace sluice {

class Resolver;
class TlsClients;

/// What the workers of a process share. Every part is safe to use from all of them.
struct Shared {
    Metrics& metrics;
    Activity& activity;
    TraceQueue* traces;
    Background& background;
    Gate& gate;
    Lifecycle& lifecycle;
    Resolver& resolver;
    TlsClients& tls;
    Replays& replays;
    const TokenCounter& tokens;
    Store& store;
    FrontDoorCounters& front_door;
    ConnectionCount& connections;
};

/// One thread, one io_context, its own pool: a connection stays on its worker until it closes.
class Worker {
public:
    Worker(Shared& shared, std::shared_ptr<const Snapshot> snapshot);
    ~Worker();  ///< stop() must have been called

    /// Opens a listener; returns its address with the real port. Before start() only.
    asio::ip::tcp::endpoint listen(
        const asio::ip::tcp::endpoint& address, const ServerConfig& config
    );
    void start();

    // From any thread, once started:
    void use(std::shared_ptr<const Snapshot> snapshot);
    void drain();
    void break_off();
    std::size_t sessions() const;
    const Pools& pools() const { return pools_; }
    /// Asks the loop for a sign of life; true where it has given the one asked for before.
    bool beat();
    void stop();

private:
    Loop context_;
    asio::executor_work_guard<Executor> guard_{context_.get_executor()};
    DeadlineTimer timer_{context_};
    Shared& shared_;
    ActivityLane& activity_;
    Pools pools_;
    Dispatcher dispatcher_;
    ModelLists model_lists_;
    Frontend frontend_;
    std::vector<std::unique_ptr<Listener>> listeners_;
    std::atomic<bool> beat_{true};
    std::thread thread_;
};

}  // namespace sluice
