#include "providers/azure_openai/azure_openai.hpp"

#include "providers/openai_dialect/transcription.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace sluice::azure_openai {
namespace {

/// A token of Entra is a JSON Web Token; everything else is a key.
bool is_entra_token(std::string_view key)
{
    return key.starts_with("eyJ") && key.contains('.');
}

void put_key(HttpRequest& request, std::string_view key)
{
    if (is_entra_token(key)) return;
    request.headers.replace("authorization", {"api-key", key});
}

/// These belong to a deployment in the dated API; the rest (responses, models) does not.
bool names_its_deployment(std::string_view path)
{
    constexpr std::array paths{
        "/chat/completions",
        "/embeddings",
        "/audio/transcriptions",
        "/audio/translations",
        "/audio/speech",
    };
    return std::ranges::find(paths, path) != paths.end();
}

void readdress(HttpRequest& request, const Endpoint& endpoint, std::string_view model)
{
    put_key(request, endpoint.api_key);
    if (endpoint.api_version.empty()) return;
    const auto path = request.target.substr(endpoint.base_path.size());
    const auto deployment =
        names_its_deployment(path) ? concat("/deployments/", model) : std::string();
    request.target =
        concat(endpoint.base_path, deployment, path, "?api-version=", endpoint.api_version);
}

Result<Call> readdressed(Result<Call> call, const Deployment& deployment)
{
    if (call) readdress(call->request, *deployment.endpoint, deployment.model);
    return call;
}

/// A deployment's name does not tell which response_formats its model has: the server does.
class Transcriber final : public openai_dialect::Transcriber {
public:
    Result<TranscriptionCall> encode(
        const TranscriptionRequest& request,
        const Deployment& deployment,
        std::span<const std::string> left_out
    ) const override
    {
        auto call = openai_dialect::Transcriber::encode(request, deployment, left_out);
        if (call) readdress(call->request, *deployment.endpoint, deployment.model);
        return call;
    }
};

}  // namespace

Result<Call> Translator::encode(
    const ChatRequest& chat, const Deployment& deployment, LeftOut left_out
) const
{
    return readdressed(openai::Translator::encode(chat, deployment, left_out), deployment);
}

Result<Call> Translator::encode_embeddings(
    const EmbeddingsRequest& request, const Deployment& deployment, LeftOut left_out
) const
{
    return readdressed(
        openai::Translator::encode_embeddings(request, deployment, left_out), deployment
    );
}

Result<Call> Translator::encode_forward(
    std::string_view path,
    const json::Document& document,
    const Deployment& deployment,
    LeftOut left_out
) const
{
    return readdressed(
        openai::Translator::encode_forward(path, document, deployment, left_out), deployment
    );
}

const sluice::Transcriber* Translator::transcriber() const
{
    static const Transcriber transcriber;
    return &transcriber;
}

HttpRequest Translator::encode_models(const Endpoint& endpoint) const
{
    auto request = openai::Translator::encode_models(endpoint);
    readdress(request, endpoint, {});
    return request;
}

}  // namespace sluice::azure_openai
