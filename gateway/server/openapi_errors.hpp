#pragma once

#include "api/error_body.hpp"
#include "server/endpoints.hpp"

#include <map>
#include <string>
#include <string_view>

namespace sluice {

/// The statuses that an endpoint's errors may have, each with the words that its bodies then have:
/// "`unfit`, `malformed`". What a provider refuses may have any other status of the caller's fault.
std::map<int, std::string> error_codes(const ApiEndpoint& endpoint);

/// As components of the description are named: OpenAI, Anthropic, Connector, Panel.
std::string_view name_of(ErrorForm form);
std::string_view name_of(Access access);

}  // namespace sluice
