#pragma once

#include "core/chat.hpp"
#include "core/error.hpp"

#include <string_view>

namespace sluice::openai_dialect {

/// Reads a list of embeddings, each an array of numbers or base64 of little-endian float32.
Result<EmbeddingsResponse> decode_embeddings(std::string_view body);

}  // namespace sluice::openai_dialect
