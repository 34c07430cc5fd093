#pragma once

#include "providers/translator.hpp"

namespace sluice::gemini {

/// Google's generateContent: a format of its own for requests, answers, streams and errors
/// (provider-apis.md 3.2).
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
};

}  // namespace sluice::gemini
