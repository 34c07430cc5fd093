#pragma once

#include "core/deployment.hpp"
#include "core/error.hpp"
#include "core/http.hpp"

#include <string>

namespace sluice {

/// Writes the request line and the header section, its end included, to out, whose memory is
/// reused. internal: something in them would break out of its line, or the header fields are
/// faulty. The message never contains a value, which may be a credential.
Result<void> format_request_head(
    const HttpRequest& request, const Origin& origin, std::string& out
);

/// "host:port" for messages, IPv6 in brackets.
std::string to_string(const Origin& origin);

}  // namespace sluice
