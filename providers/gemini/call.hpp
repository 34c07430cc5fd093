#pragma once

#include "core/deployment.hpp"
#include "core/http.hpp"

#include <string>
#include <string_view>

namespace sluice::gemini {

/// The header of an API key. A key in the query would stand in the logs of every proxy.
inline constexpr std::string_view key_header = "x-goog-api-key";

/// A POST of JSON to a method of a model: "generateContent", "batchEmbedContents".
HttpRequest post_to_model(const Deployment& deployment, std::string_view method, std::string body);
/// The same to "streamGenerateContent", asking for server-sent events.
HttpRequest post_for_stream(const Deployment& deployment, std::string body);

}  // namespace sluice::gemini
