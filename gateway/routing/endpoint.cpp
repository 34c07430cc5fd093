#include "routing/endpoint.hpp"

#include "core/error.hpp"
#include "core/http_url.hpp"

#include <boost/asio/ip/address.hpp>

#include <stdexcept>
#include <string>
#include <utility>

namespace sluice {

namespace {

void set_address(Endpoint& endpoint, std::string_view base_url)
{
    auto url = parse_http_url(base_url);
    if (!url)
        throw std::invalid_argument(concat(endpoint.provider, ": base_url is no http or https URL")
        );
    endpoint.origin = std::move(url->origin);
    endpoint.base_path = std::move(url->path);
    while (endpoint.base_path.ends_with('/')) endpoint.base_path.pop_back();
}

}  // namespace

Endpoint make_endpoint(const ProviderConfig& config, const ProviderEntry& entry)
{
    Endpoint endpoint;
    endpoint.provider = config.name;
    set_address(endpoint, config.base_url.empty() ? entry.base_url : config.base_url);
    endpoint.api_key = config.api_key;
    endpoint.api_version = config.api_version;
    endpoint.headers = config.headers;
    if (!config.organization.empty())
        endpoint.headers.push_back({"OpenAI-Organization", config.organization});
    if (!config.project.empty()) endpoint.headers.push_back({"OpenAI-Project", config.project});
    // Only that type is described by configuration; of the others the gateway knows the dialect.
    endpoint.dialect = entry.type == "openai_compatible" ? config.dialect : entry.dialect;
    return endpoint;
}

bool is_loopback_host(std::string_view host)
{
    if (host == "localhost") return true;
    boost::system::error_code error;
    const auto address = boost::asio::ip::make_address(std::string(host), error);
    return !error && address.is_loopback();
}

}  // namespace sluice
