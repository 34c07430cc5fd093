#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace sluice {

/// Tells systemd (or whoever set NOTIFY_SOCKET) about the service's state: "READY=1", "STOPPING=1",
/// "WATCHDOG=1". Does nothing where nobody listens.
void notify_service_manager(std::string_view state);
/// How often a sign of life is due: half of WATCHDOG_USEC; nullopt where none is asked for.
std::optional<std::chrono::milliseconds> watchdog_interval();

}  // namespace sluice
