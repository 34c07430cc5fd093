#include "dispatch/job.hpp"

namespace sluice {
namespace {

std::unexpected<Error> cannot_express(const Deployment& deployment, const std::string& path)
{
    const auto& provider = deployment.endpoint->provider;
    return std::unexpected(Error{
        .kind = ErrorKind::unfit,
        .message = concat(provider, "/", deployment.model, " cannot express ", path),
        .param = path,
    });
}

}  // namespace

Task<Result<void>> Job::receive(Exchange, const Translator&, const Call&, AnswerDeadlines)
{
    co_return fail(ErrorKind::internal, "an answer that is not received in pieces");
}

Result<void> Job::take(std::string, const Exchange&, const Translator&, const Call&)
{
    return fail(ErrorKind::internal, "an answer that is not taken whole");
}

Result<Call> encode_chat(
    const ChatRequest& chat,
    const Translator& translator,
    const Deployment& deployment,
    LeftOut left_out
)
{
    auto call = translator.encode(chat, deployment, left_out);
    if (call && !chat.native_only.empty() && call->dialect != chat.dialect)
        call = cannot_express(deployment, chat.native_only);
    return call;
}

Result<Call> WholeChat::encode(
    const Translator& translator, const Deployment& deployment, LeftOut left_out
) const
{
    return encode_chat(request_, translator, deployment, left_out);
}

Result<void> WholeChat::take(std::string body, const Exchange&, const Translator&, const Call& call)
{
    const bool native = call.dialect && call.dialect == request_.dialect;
    auto decoded = native ? call.reader->decode_native(body) : call.reader->decode(body);
    if (!decoded) return std::unexpected(std::move(decoded).error());
    response = std::move(*decoded);
    if (native) response.native = std::move(body);
    return {};
}

Result<Call> Embeddings::encode(
    const Translator& translator, const Deployment& deployment, LeftOut left_out
) const
{
    return translator.encode_embeddings(request_, deployment, left_out);
}

Result<void>
Embeddings::take(std::string body, const Exchange&, const Translator& translator, const Call&)
{
    auto decoded = translator.decode_embeddings(body);
    if (!decoded) return std::unexpected(std::move(decoded).error());
    response = std::move(*decoded);
    return {};
}

}  // namespace sluice
