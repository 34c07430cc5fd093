#include "routing/endpoint.hpp"

#include "core/error.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <stdexcept>
#include <string>

namespace sluice {

namespace {

void set_address(Endpoint& endpoint, std::string_view base_url)
{
    const auto url = boost::urls::parse_uri({base_url.data(), base_url.size()});
    const bool tls = url && url->scheme() == "https";
    if (!url || (!tls && url->scheme() != "http") || url->host_address().empty())
        throw std::invalid_argument(concat(endpoint.provider, ": base_url is no http or https URL")
        );
    const std::uint16_t usual_port = tls ? 443 : 80;
    endpoint.origin = {
        .tls = tls,
        .host = url->host_address(),
        .port = url->port_number() != 0 ? url->port_number() : usual_port,
    };
    endpoint.base_path = std::string(url->encoded_path());
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
