#pragma once

#include "providers/translator.hpp"

namespace sluice::gemini {

/// An embeddings request as batchEmbedContents, which takes one text as well as many.
Result<Call> encode_embeddings(
    const EmbeddingsRequest& request, const Deployment& deployment, LeftOut left_out
);
Result<EmbeddingsResponse> decode_embeddings(std::string_view body);

}  // namespace sluice::gemini
