#pragma once

#include "config/config.hpp"
#include "export/trace_exporter.hpp"
#include "runtime/mock_server.hpp"
#include "runtime/worker.hpp"
#include "upstream/resolver.hpp"
#include "upstream/tls.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <memory>
#include <string>
#include <vector>

namespace sluice {

/// Owns every part of a running gateway: start, reload, drain, stop. All methods are for one
/// thread, the one that made it.
class Gateway {
public:
    /// Builds everything and binds the listeners; throws where an address, a CA file, the
    /// tokenizer's files or the store cannot be used.
    explicit Gateway(Config config);
    ~Gateway();  ///< stops at once, if it still runs

    void start();
    const std::vector<asio::ip::tcp::endpoint>& addresses() const { return addresses_; }

    /// Requests from now on see the new configuration; no stream is cut. Returns the settings that
    /// changed but need a restart. Throws where a CA file cannot be used; the old one then stays.
    std::vector<std::string> reload(Config config);
    void reload_failed() { metrics_.reload(false); }

    // The steps of an orderly end.
    void begin_drain() { lifecycle_.draining = true; }  ///< unready, still accepting
    void close_listeners();                             ///< busy sessions finish their response
    std::size_t sessions() const;
    void break_off();  ///< what still runs gets its last words
    void stop();

    /// True where every event loop has turned since the last call.
    bool alive();
    Metrics& metrics() { return metrics_; }

private:
    class FrontDoor : public FrontDoorCounters {
    public:
        explicit FrontDoor(Metrics& metrics) : metrics_(metrics) {}
        void rejected(std::string_view reason) override { metrics_.rejected(reason); }
        void trailers(int count) override;

    private:
        Metrics& metrics_;
    };

    Metrics metrics_;
    Activity activity_;
    Targets targets_{metrics_};
    MockServer mock_;
    Resolver resolver_;
    TlsClients tls_;
    Replays replays_;
    Background background_;
    Limiter limiter_;
    Lifecycle lifecycle_;
    FrontDoor front_door_{metrics_};
    ConnectionCount connections_;
    std::shared_ptr<const Snapshot> snapshot_;
    TokenCounter tokens_;
    std::unique_ptr<Store> store_;
    std::unique_ptr<TraceExporter> exporter_;  ///< nullptr: nothing is traced
    Gate gate_;
    Shared shared_;
    std::vector<std::unique_ptr<Worker>> workers_;
    std::vector<asio::ip::tcp::endpoint> addresses_;
    bool running_ = false;

    std::shared_ptr<const Snapshot> make_snapshot(Config config);
    void open_listeners();
    /// From now on scrapes tell of the present snapshot's routes.
    void refresh_at_scrape();
    void refresh_gauges(const Snapshot& snapshot);
};

}  // namespace sluice
