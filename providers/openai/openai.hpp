#pragma once

#include "providers/openai_dialect/translator.hpp"

namespace sluice::openai {

/// OpenAI itself: its dialect, with what is known of each family of its models. Calls that
/// /chat/completions does not take go to /responses and come back as chat.
class Translator : public openai_dialect::Translator {
public:
    Result<Call> encode(const ChatRequest& chat, const Deployment& deployment, LeftOut left_out)
        const override;
    Result<Call> encode_embeddings(
        const EmbeddingsRequest& request, const Deployment& deployment, LeftOut left_out
    ) const override;
    const sluice::Transcriber* transcriber() const override;
};

}  // namespace sluice::openai
