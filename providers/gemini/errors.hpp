#pragma once

#include "core/error.hpp"
#include "core/http.hpp"

namespace sluice::gemini {

/// Classifies a failure by Google's status words and details first (provider-apis.md 3.2 and 8): a
/// response that is no success, or with status 200 what a stream or a whole answer reports.
Error decode_error(const HttpResponse& response);

}  // namespace sluice::gemini
