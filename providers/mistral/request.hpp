#pragma once

#include "providers/translator.hpp"

namespace sluice::mistral {

/// A chat request as Mistral's closed body: nothing it does not know is ever sent (provider-apis.md
/// 2.2 and 2.3).
Result<Call> encode_chat(const ChatRequest& chat, const Deployment& deployment, LeftOut left_out);

/// An embeddings request likewise.
Result<Call> encode_embeddings(
    const EmbeddingsRequest& request, const Deployment& deployment, LeftOut left_out
);

}  // namespace sluice::mistral
