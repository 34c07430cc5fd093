#include "providers/gemini/gemini.hpp"

#include "providers/gemini/embeddings.hpp"
#include "providers/gemini/errors.hpp"
#include "providers/gemini/list.hpp"
#include "providers/gemini/request.hpp"

namespace sluice::gemini {

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
    return gemini::encode_embeddings(request, deployment, left_out);
}

Result<EmbeddingsResponse> Translator::decode_embeddings(std::string_view body) const
{
    return gemini::decode_embeddings(body);
}

HttpRequest Translator::encode_models(const Endpoint& endpoint) const
{
    return gemini::encode_models(endpoint);
}

Result<std::vector<ListedModel>> Translator::decode_models(std::string_view body) const
{
    return gemini::decode_models(body);
}

Error Translator::decode_error(const HttpResponse& response) const
{
    return gemini::decode_error(response);
}

}  // namespace sluice::gemini
