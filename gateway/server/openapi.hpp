#pragma once

#include "server/embedded_files.hpp"
#include "server/endpoints.hpp"

#include <boost/json/object.hpp>

#include <span>

namespace sluice {

/// The OpenAPI 3.1 description of the endpoints. Paths, methods, authentication, headers and errors
/// come from the endpoints and from the code that words errors; summaries, parameters and schemas
/// from the files (those of gateway/server/openapi), where an operation is named as "GET /health".
/// Throws std::logic_error where an endpoint is not described, or a description is of none.
boost::json::object openapi_document(
    std::span<const ApiEndpoint> endpoints, std::span<const EmbeddedFile> files
);

}  // namespace sluice
