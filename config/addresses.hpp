#pragma once

#include <optional>
#include <string>
#include <string_view>

/// What addresses and URLs look like. A complaint fits behind "path: "; nullopt: nothing is wrong.
namespace sluice {

struct HostPort {
    std::string host;  ///< IPv6 without brackets
    int port = 0;
};

/// host:port with a name, an IPv4 address or an IPv6 address in brackets; nullopt where it is not
/// that.
std::optional<HostPort> split_host_port(std::string_view text);
/// localhost, 127.0.0.0/8 or ::1.
bool is_loopback(std::string_view host);

/// A URL whose host is this machine.
bool is_loopback_url(std::string_view text);

struct BaseUrlCheck {
    std::optional<std::string> complaint;
    bool insecure = false;  ///< http to another machine: keys and prompts travel in the clear
};
BaseUrlCheck check_base_url(std::string_view text);

/// An origin as browsers send it: scheme://host[:port], or "*".
std::optional<std::string> check_cors_origin(std::string_view text);

}  // namespace sluice
