#include "providers/mistral/mistral.hpp"

#include "providers/mistral/errors.hpp"
#include "providers/mistral/request.hpp"
#include "providers/mistral/transcription.hpp"
#include "providers/openai_dialect/call.hpp"
#include "providers/openai_dialect/embeddings.hpp"
#include "providers/openai_dialect/models.hpp"

namespace sluice::mistral {

Result<Call> Translator::encode(
    const ChatRequest& chat, const Deployment& deployment, LeftOut left_out
) const
{
    return encode_chat(chat, deployment, left_out);
}

Result<Call> Translator::encode_embeddings(
    const EmbeddingsRequest& request, const Deployment& deployment, LeftOut left_out
) const
{
    return mistral::encode_embeddings(request, deployment, left_out);
}

Result<EmbeddingsResponse> Translator::decode_embeddings(std::string_view body) const
{
    return openai_dialect::decode_embeddings(body);
}

HttpRequest Translator::encode_models(const Endpoint& endpoint) const
{
    return openai_dialect::get_json(endpoint, "/models");
}

Result<std::vector<ListedModel>> Translator::decode_models(std::string_view body) const
{
    return openai_dialect::decode_models(body);
}

Error Translator::decode_error(const HttpResponse& response) const
{
    return mistral::decode_error(response);
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
    if (path != "/moderations")
        return sluice::Translator::encode_forward(path, document, deployment, left_out);
    return openai_dialect::forwarded(path, document, deployment, left_out);
}

}  // namespace sluice::mistral
