#include "server/endpoints.hpp"

#include <array>

namespace sluice {

namespace {

constexpr std::array table{
    ApiEndpoint{
        "POST", "/api/v1/{provider}/chat", Surface::connector, Access::model, &connector_chat
    },
    ApiEndpoint{
        "POST",
        "/api/v1/{provider}/chat/stream",
        Surface::connector,
        Access::model,
        &connector_chat_stream
    },
    ApiEndpoint{
        "POST",
        "/api/v1/{provider}/embeddings",
        Surface::connector,
        Access::model,
        &connector_embeddings
    },
    ApiEndpoint{
        "GET", "/api/v1/{provider}/models", Surface::connector, Access::model, &connector_models
    },
    ApiEndpoint{"GET", "/health", Surface::operations, Access::open, &health},
    ApiEndpoint{"GET", "/api/health", Surface::operations, Access::open, &health},
    ApiEndpoint{"GET", "/livez", Surface::operations, Access::open, &live},
    ApiEndpoint{"GET", "/readyz", Surface::operations, Access::open, &ready},
    ApiEndpoint{"GET", "/healthz", Surface::operations, Access::open, &ready},
    ApiEndpoint{"GET", "/metrics", Surface::operations, Access::metrics, &metrics},
};

std::string_view next_segment(std::string_view& path)
{
    path.remove_prefix(1);  // the slash
    const auto segment = path.substr(0, path.find('/'));
    path.remove_prefix(segment.size());
    return segment;
}

bool matches(std::string_view pattern, std::string_view path, std::string_view& parameter)
{
    while (!pattern.empty() && !path.empty()) {
        const auto expected = next_segment(pattern);
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
    EndpointMatch found;
    if (!path.starts_with('/')) return found;
    for (const auto& endpoint : table) {
        std::string_view parameter;
        if (!matches(endpoint.path, path, parameter)) continue;
        if (serves(endpoint.method, method)) return {&endpoint, parameter, {}};
        found.allowed.append(found.allowed.empty() ? "" : ", ").append(endpoint.method);
    }
    return found;
}

}  // namespace sluice
