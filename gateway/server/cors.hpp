#pragma once

#include "config/config.hpp"
#include "core/http.hpp"
#include "server/handler.hpp"

namespace sluice {

/// True where a browser asks beforehand whether it may send a request from another origin.
bool is_preflight(const Request& request);
/// What such a browser gets to hear: nothing where its origin is not configured.
void append_cors_headers(HeaderBlock& headers, const Request& request, const CorsConfig& config);

}  // namespace sluice
