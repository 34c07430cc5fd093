#pragma once

#include "config/config.hpp"
#include "core/deadline_timer.hpp"
#include "mock/mock_provider.hpp"
#include "server/listener.hpp"

#include <memory>
#include <string>
#include <thread>

namespace sluice {

/// The mock provider behind a real socket: a listener on a loopback port of its own, in a thread of
/// its own. It exists only where a provider of type mock is configured.
class MockServer {
public:
    MockServer();
    ~MockServer();
    /// Gives every provider of type mock that names no address this server's, starting it on first
    /// need.
    void serve(Config& config);
    void stop();

private:
    struct Running;
    std::unique_ptr<Running> running_;
};

}  // namespace sluice
