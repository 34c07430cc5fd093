#include "providers/anthropic/call.hpp"

#include "providers/openai_dialect/call.hpp"

#include <utility>

namespace sluice::anthropic {
namespace {

constexpr std::string_view key_header = "x-api-key";

void add_version(HttpRequest& request, const Endpoint& endpoint, std::string_view version)
{
    constexpr std::string_view name = "anthropic-version";
    if (find_header(endpoint.headers, name).empty()) request.headers.add(name, version);
}

}  // namespace

HttpRequest post_messages(const Endpoint& endpoint, std::string body, bool stream, bool sampling)
{
    auto request =
        openai_dialect::post_json(endpoint, "/messages", std::move(body), stream, key_header);
    add_version(request, endpoint, sampling ? "2023-06-01" : "2026-10-21");
    return request;
}

HttpRequest get(const Endpoint& endpoint, std::string_view path)
{
    auto request = openai_dialect::get_json(endpoint, path, key_header);
    add_version(request, endpoint, "2026-10-21");
    return request;
}

}  // namespace sluice::anthropic
