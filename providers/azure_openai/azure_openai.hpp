#pragma once

#include "providers/openai/openai.hpp"

namespace sluice::azure_openai {

/// OpenAI's models in Azure (provider-apis.md section 3.3): the same bodies, the key in a header of
/// its own, and, where the endpoint has an api_version, the older paths that name the deployment.
/// The model's name is the deployment's.
class Translator final : public openai::Translator {
public:
    Result<Call> encode(const ChatRequest& chat, const Deployment& deployment, LeftOut left_out)
        const override;
    Result<Call> encode_embeddings(
        const EmbeddingsRequest& request, const Deployment& deployment, LeftOut left_out
    ) const override;
    Result<Call> encode_forward(
        std::string_view path,
        const json::Document& document,
        const Deployment& deployment,
        LeftOut left_out
    ) const override;
    const sluice::Transcriber* transcriber() const override;
    HttpRequest encode_models(const Endpoint& endpoint) const override;
};

}  // namespace sluice::azure_openai
