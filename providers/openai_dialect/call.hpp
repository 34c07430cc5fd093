#pragma once

#include "core/deployment.hpp"
#include "core/http.hpp"
#include "core/json.hpp"
#include "providers/translator.hpp"

#include <string>
#include <string_view>

namespace sluice::openai_dialect {

/// A POST of JSON to base_path + path with the endpoint's credential and headers. key_header is
/// what the provider wants the bare key in; empty: Authorization, as a bearer token.
HttpRequest post_json(
    const Endpoint& endpoint,
    std::string_view path,
    std::string body,
    bool stream = false,
    std::string_view key_header = {}
);
/// The same into a new request, whose body is the caller's to add.
void begin_post(
    HttpRequest& request,
    const Endpoint& endpoint,
    std::string_view path,
    bool stream,
    std::string_view key_header = {}
);
HttpRequest get_json(
    const Endpoint& endpoint, std::string_view path, std::string_view key_header = {}
);

/// Puts an edited document into a request as its body.
void put_body(HttpRequest& request, json::Spliced body);

/// The caller's own JSON with the target's model, and without what the target refused before.
Call forwarded(
    std::string_view path,
    const json::Document& document,
    const Deployment& deployment,
    LeftOut left_out
);
/// A POST whose form is the caller's to add, with its type.
HttpRequest post_form(const Endpoint& endpoint, std::string_view path);

/// JSON text without the member at the dotted path ("2.reasoning_content"); as it was where nothing
/// stands there.
std::string without_path(std::string_view json_text, std::string_view dotted_path);

}  // namespace sluice::openai_dialect
