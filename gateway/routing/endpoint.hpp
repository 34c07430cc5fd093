#pragma once

#include "config/config.hpp"
#include "core/deployment.hpp"
#include "providers/registry.hpp"

#include <string_view>

namespace sluice {

/// Where and how a configured provider is reached. Throws std::invalid_argument where its base_url
/// is no http or https URL, which validation has ruled out.
Endpoint make_endpoint(const ProviderConfig& config, const ProviderEntry& entry);

/// localhost or a loopback address: nobody asks for a key there.
bool is_loopback_host(std::string_view host);

}  // namespace sluice
