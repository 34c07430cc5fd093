#pragma once

#include "core/deployment.hpp"
#include "core/http.hpp"
#include "core/json_key.hpp"

#include <string>
#include <string_view>

namespace sluice::anthropic {

/// A POST to /messages with the endpoint's key. The version is the newer one, which refuses
/// sampling fields, unless the body has some (provider-apis.md 3.1), or the endpoint's own.
HttpRequest post_messages(const Endpoint& endpoint, std::string body, bool stream, bool sampling);
HttpRequest get(const Endpoint& endpoint, std::string_view path);

/// The fields of sampling, which the newer models and the newer version refuse.
inline constexpr std::initializer_list<json::Key> sampling_fields = {
    "temperature", "top_p", "top_k"
};

}  // namespace sluice::anthropic
