#pragma once

#include "core/deployment.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace sluice {

struct HttpUrl {
    Origin origin;
    std::string path;  ///< as it stands in the URL; may be empty
};

/// nullopt for what is no http or https URL.
std::optional<HttpUrl> parse_http_url(std::string_view text);

}  // namespace sluice
