#include "providers/anthropic/anthropic.hpp"

#include "providers/anthropic/call.hpp"
#include "providers/anthropic/errors.hpp"
#include "providers/anthropic/listing.hpp"
#include "providers/anthropic/request.hpp"

namespace sluice::anthropic {

Result<Call> Translator::encode(
    const ChatRequest& chat, const Deployment& deployment, LeftOut left_out
) const
{
    if (chat.dialect == Dialect::messages) return encode_native(chat, deployment, left_out);
    return encode_chat(chat, deployment, left_out);
}

Result<Call> Translator::encode_embeddings(
    const EmbeddingsRequest&, const Deployment& deployment, LeftOut
) const
{
    return std::unexpected(Error{
        .kind = ErrorKind::unfit,
        .message = concat(
            deployment.endpoint->provider,
            " has no embeddings: it is Anthropic's API, which offers none; ask another provider"
        ),
        .param = "model",
    });
}

Result<EmbeddingsResponse> Translator::decode_embeddings(std::string_view) const
{
    return fail(ErrorKind::bad_response, "Anthropic has no embeddings");
}

HttpRequest Translator::encode_models(const Endpoint& endpoint) const
{
    return get(endpoint, "/models?limit=1000");  // a page is of 20 otherwise
}

Result<std::vector<ListedModel>> Translator::decode_models(std::string_view body) const
{
    return read_listing(body);
}

Error Translator::decode_error(const HttpResponse& response) const
{
    return anthropic::decode_error(response);
}

}  // namespace sluice::anthropic
