#pragma once

#include <string>

namespace sluice {

/// Asks a running gateway for /livez, as a container's health check does. url:
/// "http://127.0.0.1:8006". Returns the process's exit code: 0 healthy, 1 not; the reason goes to
/// stderr.
int healthcheck(const std::string& url);

}  // namespace sluice
