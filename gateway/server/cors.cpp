#include "server/cors.hpp"

#include <algorithm>

namespace sluice {

namespace {

/// What the page is about to send: clients have header fields of their own, and a field alone
/// gives nobody a right.
std::string allowed_headers(const Request& request)
{
    constexpr auto is_list = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '_' || c == ',' || c == ' ';
    };
    const auto asked = request.header("access-control-request-headers");
    if (!asked.empty() && std::ranges::all_of(asked, is_list)) return std::string(asked);
    return "authorization, content-type";
}

}  // namespace

bool is_preflight(const Request& request)
{
    return request.method == "OPTIONS" && !request.header("origin").empty() &&
           !request.header("access-control-request-method").empty();
}

void append_cors_headers(HeaderBlock& headers, const Request& request, const CorsConfig& config)
{
    if (config.origins.empty()) return;
    const auto origin = request.header("origin");
    if (origin.empty()) return;
    const auto allowed = [&](std::string_view one) {
        return std::ranges::find(config.origins, one) != config.origins.end();
    };
    const bool any = allowed("*");
    if (!any) headers.push_back({"vary", "origin"});
    if (!any && !allowed(origin)) return;

    headers.push_back({"access-control-allow-origin", any ? "*" : origin});
    if (is_preflight(request)) {
        headers.push_back({"access-control-allow-methods", "GET, POST, DELETE, OPTIONS"});
        headers.push_back({"access-control-allow-headers", allowed_headers(request)});
        headers.push_back({"access-control-max-age", "86400"});
        return;
    }
    headers.push_back(
        {"access-control-expose-headers",
         "x-request-id, request-id, x-sluice-cost-usd, x-sluice-provider, x-sluice-model, "
         "x-sluice-attempts, x-sluice-cache, "
         "x-sluice-warnings, x-should-retry, retry-after, retry-after-ms, ratelimit, "
         "ratelimit-policy, "
         "x-ratelimit-limit-requests, x-ratelimit-remaining-requests, x-ratelimit-reset-requests, "
         "server-timing"}
    );
}

}  // namespace sluice
