#include "runtime/mock_server.hpp"

#include "core/loop.hpp"

#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/post.hpp>

namespace sluice {

namespace {

class NoCounters : public FrontDoorCounters {
public:
    void rejected(std::string_view) override {}
    void trailers(int) override {}
};

}  // namespace

struct MockServer::Running {
    Loop context;
    DeadlineTimer timer{context};
    MockProvider provider{context};
    NoCounters counters;
    ConnectionCount connections;
    Listener listener{
        context,
        timer,
        {asio::ip::address_v4::loopback(), 0},
        ServerConfig{},
        provider,
        counters,
        connections
    };
    std::thread thread;

    ~Running() { context.abandon(); }
};

MockServer::MockServer() = default;

MockServer::~MockServer()
{
    stop();
}

void MockServer::serve(Config& config)
{
    for (auto& provider : config.providers) {
        if (provider.type != "mock" || !provider.base_url.empty()) continue;
        if (!running_) {
            running_ = std::make_unique<Running>();
            running_->listener.start();
            running_->thread = std::thread([running = running_.get()] { running->context.run(); });
        }
        provider.base_url =
            "http://127.0.0.1:" + std::to_string(running_->listener.address().port()) + "/v1";
    }
}

void MockServer::stop()
{
    if (!running_) return;
    running_->context.stop();
    running_->thread.join();
    running_.reset();
}

}  // namespace sluice
