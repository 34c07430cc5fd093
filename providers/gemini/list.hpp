#pragma once

#include "providers/translator.hpp"

namespace sluice::gemini {

/// Asks for the list of models in one page.
HttpRequest encode_models(const Endpoint& endpoint);
/// Reads it; each model goes by the id that requests use, without "models/".
Result<std::vector<ListedModel>> decode_models(std::string_view body);

}  // namespace sluice::gemini
