#pragma once

#include "core/deployment.hpp"
#include "core/error.hpp"
#include "core/http.hpp"

#include <string>
#include <string_view>

namespace sluice {

/// What stands behind the target in every request to an origin: the version and the Host field.
std::string host_line(const Origin& origin);

/// Writes the request line and the header section, its end included, to out, whose memory is
/// reused. internal: something in them would break out of its line, or the header fields are
/// faulty. The message never contains a value, which may be a credential.
Result<void> format_request_head(
    const HttpRequest& request, std::string_view host_line, std::string& out
);

/// "host:port" for messages, IPv6 in brackets.
std::string to_string(const Origin& origin);

}  // namespace sluice
