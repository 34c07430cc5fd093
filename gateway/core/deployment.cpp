#include "core/deployment.hpp"

namespace sluice {

Endpoint with_own_key(Endpoint endpoint, const std::string& key)
{
    endpoint.api_key = key;
    endpoint.own_key = true;
    std::erase_if(endpoint.headers, [](const Header& header) {
        return iequals(header.name, "openai-organization") ||
               iequals(header.name, "openai-project");
    });
    return endpoint;
}

}  // namespace sluice
