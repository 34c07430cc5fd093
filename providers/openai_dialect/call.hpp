#pragma once

#include "core/deployment.hpp"
#include "core/http.hpp"

#include <string>
#include <string_view>

namespace sluice::openai_dialect {

/// A POST of JSON to base_path + path with the endpoint's credential and headers.
HttpRequest post_json(
    const Endpoint& endpoint, std::string_view path, std::string body, bool stream = false
);
HttpRequest get_json(const Endpoint& endpoint, std::string_view path);

/// JSON text without the member at the dotted path ("2.reasoning_content"); as it was where nothing
/// stands there.
std::string without_path(std::string_view json_text, std::string_view dotted_path);

}  // namespace sluice::openai_dialect
