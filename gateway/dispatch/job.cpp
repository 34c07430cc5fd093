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

Task<Result<void>> WholeChat::receive(
    Exchange exchange, const Translator&, const Call& call, AnswerDeadlines deadlines
)
{
    auto body = co_await exchange.read_all(deadlines.whole, max_answer);
    if (!body) co_return std::unexpected(std::move(body).error());
    const bool native = call.dialect && call.dialect == request_.dialect;
    auto decoded = native ? call.reader->decode_native(*body) : call.reader->decode(*body);
    if (!decoded) co_return std::unexpected(std::move(decoded).error());
    response = std::move(*decoded);
    if (native) response.native = std::move(*body);
    co_return Result<void>{};
}

Result<Call> Embeddings::encode(
    const Translator& translator, const Deployment& deployment, LeftOut left_out
) const
{
    return translator.encode_embeddings(request_, deployment, left_out);
}

Task<Result<void>> Embeddings::receive(
    Exchange exchange, const Translator& translator, const Call&, AnswerDeadlines deadlines
)
{
    auto body = co_await exchange.read_all(deadlines.whole, max_answer);
    if (!body) co_return std::unexpected(std::move(body).error());
    auto decoded = translator.decode_embeddings(*body);
    if (!decoded) co_return std::unexpected(std::move(decoded).error());
    response = std::move(*decoded);
    co_return Result<void>{};
}

}  // namespace sluice
