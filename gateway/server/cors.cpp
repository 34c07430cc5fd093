#include "server/cors.hpp"

#include <algorithm>

namespace sluice {

bool is_preflight(const Request& request)
{
    return request.method == "OPTIONS" && !request.header("origin").empty() &&
           !request.header("access-control-request-method").empty();
}

void append_cors_headers(Headers& headers, const Request& request, const CorsConfig& config)
{
    const auto origin = request.header("origin");
    if (origin.empty() || config.origins.empty()) return;
    const auto allowed = [&](std::string_view one) {
        return std::ranges::find(config.origins, one) != config.origins.end();
    };
    const bool any = allowed("*");
    if (!any) headers.push_back({"vary", "origin"});
    if (!any && !allowed(origin)) return;

    headers.push_back({"access-control-allow-origin", any ? "*" : std::string(origin)});
    if (is_preflight(request)) {
        headers.push_back({"access-control-allow-methods", "GET, POST, DELETE, OPTIONS"});
        headers.push_back(
            {"access-control-allow-headers",
             "authorization, content-type, x-api-key, x-request-id, x-request-deadline-ms, "
             "traceparent, tracestate"}
        );
        headers.push_back({"access-control-max-age", "86400"});
        return;
    }
    headers.push_back(
        {"access-control-expose-headers",
         "x-request-id, x-sluice-provider, x-sluice-model, x-sluice-attempts, x-sluice-cache, "
         "x-sluice-warnings, x-should-retry, retry-after, retry-after-ms, ratelimit, "
         "ratelimit-policy, "
         "x-ratelimit-limit-requests, x-ratelimit-remaining-requests, x-ratelimit-reset-requests, "
         "server-timing"}
    );
}

}  // namespace sluice
