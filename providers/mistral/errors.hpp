#pragma once

#include "core/error.hpp"
#include "core/http.hpp"

namespace sluice::mistral {

/// Classifies a failure in any of the forms of body that Mistral uses (provider-apis.md 2.4). A
/// field that it forbids is ErrorKind::unsupported_parameter with the path to leave out.
Error decode_error(const HttpResponse& response);

}  // namespace sluice::mistral
