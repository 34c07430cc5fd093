#pragma once

#include "providers/translator.hpp"

namespace sluice::mistral {

/// Mistral's chat completions: the OpenAI dialect with a closed body. Its answers are the
/// dialect's, its requests and errors are not.
class Translator final : public sluice::Translator {
public:
    Result<Call> encode(const ChatRequest& chat, const Deployment& deployment, LeftOut left_out)
        const override;
    Result<Call> encode_embeddings(
        const EmbeddingsRequest& request, const Deployment& deployment, LeftOut left_out
    ) const override;
    Result<EmbeddingsResponse> decode_embeddings(std::string_view body) const override;
    HttpRequest encode_models(const Endpoint& endpoint) const override;
    Result<std::vector<ListedModel>> decode_models(std::string_view body) const override;
    Error decode_error(const HttpResponse& response) const override;
    const sluice::Transcriber* transcriber() const override;
    Result<Call> encode_forward(
        std::string_view path,
        const json::Document& document,
        const Deployment& deployment,
        LeftOut left_out
    ) const override;
};

}  // namespace sluice::mistral
