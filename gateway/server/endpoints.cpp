#include "server/endpoints.hpp"

#include <array>

namespace sluice {

namespace {

using enum Surface;
using enum Access;
using enum RequestBody;

constexpr std::array table{
    ApiEndpoint{"POST", "/v1/chat/completions", openai, model, &chat_completions},
    ApiEndpoint{"POST", "/v1/messages", openai, model, &messages},
    ApiEndpoint{"POST", "/v1/messages/count_tokens", openai, model, &count_message_tokens},
    ApiEndpoint{"POST", "/v1/responses", openai, model, &create_response},
    ApiEndpoint{"GET", "/v1/responses/{id}", openai, caller, &get_response},
    ApiEndpoint{"DELETE", "/v1/responses/{id}", openai, caller, &delete_response},
    ApiEndpoint{"GET", "/v1/responses/{id}/input_items", openai, caller, &list_input_items},
    ApiEndpoint{"POST", "/v1/responses/{id}/cancel", openai, caller, &cancel_response},
    ApiEndpoint{"POST", "/v1/embeddings", openai, model, &openai_embeddings},
    ApiEndpoint{"POST", "/v1/audio/transcriptions", openai, model, &transcriptions, as_it_comes},
    ApiEndpoint{"POST", "/v1/audio/translations", openai, model, &translations, as_it_comes},
    ApiEndpoint{"POST", "/v1/audio/speech", openai, model, &speech},
    ApiEndpoint{"POST", "/v1/moderations", openai, model, &moderations},
    ApiEndpoint{"GET", "/v1/models", openai, model, &openai_models},
    ApiEndpoint{"GET", "/v1/models/{id...}", openai, model, &openai_model},
    ApiEndpoint{"POST", "/api/chat", panel, model, &panel_chat},
    ApiEndpoint{"POST", "/api/chat/stream", panel, model, &panel_chat_stream},
    ApiEndpoint{"POST", "/api/v1/{provider}/chat", connector, model, &connector_chat},
    ApiEndpoint{"POST", "/api/v1/{provider}/chat/stream", connector, model, &connector_chat_stream},
    ApiEndpoint{"POST", "/api/v1/{provider}/embeddings", connector, model, &connector_embeddings},
    ApiEndpoint{"GET", "/api/v1/{provider}/models", connector, model, &connector_models},
    ApiEndpoint{"GET", "/health", operations, open, &health},
    ApiEndpoint{"GET", "/api/health", operations, open, &health},
    ApiEndpoint{"GET", "/livez", operations, open, &live},
    ApiEndpoint{"GET", "/readyz", operations, open, &ready},
    ApiEndpoint{"GET", "/healthz", operations, open, &ready},
    ApiEndpoint{"GET", "/metrics", operations, Access::metrics, &sluice::metrics},
    ApiEndpoint{"GET", "/ui/api/overview", operations, caller, &overview},
    ApiEndpoint{"GET", "/ui/", operations, open, &ui_page},
    ApiEndpoint{"GET", "/ui/assets/{name}", operations, open, &ui_asset},
    ApiEndpoint{"GET", "/ui", operations, open, &to_ui},
    ApiEndpoint{"GET", "/", operations, open, &to_ui},
    ApiEndpoint{"GET", "/openapi.json", operations, open, &openapi},
    ApiEndpoint{"GET", "/docs", operations, open, &docs},
    ApiEndpoint{"GET", "/docs/style.css", operations, open, &docs_style},
};

std::string_view next_segment(std::string_view& path)
{
    path.remove_prefix(1);  // the slash
    const auto segment = path.substr(0, path.find('/'));
    path.remove_prefix(segment.size());
    return segment;
}

bool matches(const ApiEndpoint& endpoint, std::string_view path, std::string_view& parameter)
{
    auto pattern = endpoint.path;
    if (!endpoint.has_parameter) return pattern == path;
    if (!path.starts_with('/')) return false;
    while (!pattern.empty() && !path.empty()) {
        const auto expected = next_segment(pattern);
        if (expected.ends_with("...}")) {
            parameter = path.substr(1);
            return !parameter.empty();
        }
        const auto given = next_segment(path);
        if (expected.starts_with('{')) {
            if (given.empty()) return false;
            parameter = given;
        } else if (expected != given) {
            return false;
        }
    }
    return pattern.empty() && path.empty();
}

/// Some clients add /v1 to a base address that has it.
std::string_view without_doubled_version(std::string_view path)
{
    constexpr std::string_view version = "/v1";
    if (path.starts_with("/v1/v1/")) path.remove_prefix(version.size());
    return path;
}

/// HEAD is served wherever GET is.
bool serves(std::string_view offered, std::string_view method)
{
    return offered == method || (offered == "GET" && method == "HEAD");
}

}  // namespace

std::span<const ApiEndpoint> endpoints()
{
    return table;
}

EndpointMatch find_endpoint(std::string_view method, std::string_view path)
{
    path = without_doubled_version(path);
    for (const auto& endpoint : table) {
        std::string_view parameter;
        if (matches(endpoint, path, parameter) && serves(endpoint.method, method))
            return {&endpoint, parameter};
    }
    return {};
}

std::string allowed_methods(std::string_view path)
{
    path = without_doubled_version(path);
    std::string allowed;
    for (const auto& endpoint : table) {
        std::string_view parameter;
        if (matches(endpoint, path, parameter))
            allowed.append(allowed.empty() ? "" : ", ").append(endpoint.method);
    }
    return allowed;
}

}  // namespace sluice
