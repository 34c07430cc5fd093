#pragma once

#include "providers/translator.hpp"

namespace sluice::openai_dialect {

/// The OpenAI dialect as the endpoint's DialectOptions describe it: all of a compatible server's
/// translator, and the base of those that know more of their provider.
class Translator : public sluice::Translator {
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

}  // namespace sluice::openai_dialect
