#pragma once

#include "runtime/gateway.hpp"

#include <functional>

namespace sluice {

/// Blocks the signals that serve_until_told() waits for. Before any thread is started.
void block_signals();

/// Runs a started gateway until SIGTERM or SIGINT, then ends it in order: unready for drain_delay
/// while still accepting, then no new connections, streams to their end for drain_timeout, then an
/// error event for what is left. A second signal ends it now. SIGHUP calls reload.
void serve_until_told(
    Gateway& gateway, const ServerConfig& config, const std::function<void()>& reload
);

}  // namespace sluice
