#include "providers/openai_dialect/translator.hpp"

#include "providers/openai_dialect/call.hpp"
#include "providers/openai_dialect/embeddings.hpp"
#include "providers/openai_dialect/errors.hpp"
#include "providers/openai_dialect/models.hpp"
#include "providers/openai_dialect/request.hpp"
#include "providers/openai_dialect/transcription.hpp"

namespace sluice::openai_dialect {

Result<Call> Translator::encode(
    const ChatRequest& chat, const Deployment& deployment, LeftOut left_out
) const
{
    return encode_chat(chat, deployment, left_out, deployment.endpoint->dialect);
}

Result<Call> Translator::encode_embeddings(
    const EmbeddingsRequest& request, const Deployment& deployment, LeftOut left_out
) const
{
    return openai_dialect::encode_embeddings(
        request, deployment, left_out, deployment.endpoint->dialect
    );
}

Result<EmbeddingsResponse> Translator::decode_embeddings(std::string_view body) const
{
    return openai_dialect::decode_embeddings(body);
}

HttpRequest Translator::encode_models(const Endpoint& endpoint) const
{
    return get_json(endpoint, "/models");
}

Result<std::vector<ListedModel>> Translator::decode_models(std::string_view body) const
{
    return openai_dialect::decode_models(body);
}

Error Translator::decode_error(const HttpResponse& response) const
{
    return openai_dialect::decode_error(response);
}

const sluice::Transcriber* Translator::transcriber() const
{
    static const Transcriber transcriber;
    return &transcriber;
}

Result<Call> Translator::encode_forward(
    std::string_view path,
    const json::Document& document,
    const Deployment& deployment,
    LeftOut left_out
) const
{
    return forwarded(path, document, deployment, left_out);
}

}  // namespace sluice::openai_dialect
