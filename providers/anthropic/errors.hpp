#pragma once

#include "core/error.hpp"
#include "core/http.hpp"

#include <boost/json/object.hpp>

#include <optional>

namespace sluice::anthropic {

/// Classifies a response that is no success (provider-apis.md 3.1 and 8). A field that Anthropic
/// does not take is ErrorKind::unsupported_parameter with the path to leave out.
Error decode_error(const HttpResponse& response);

/// The failure that a message, or an event of a stream, reports inside a success; nullopt: none.
std::optional<Error> reported_error(const boost::json::object& data);

}  // namespace sluice::anthropic
