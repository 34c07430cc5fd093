#pragma once

#include "providers/transcriber.hpp"

namespace sluice::mistral {

/// Mistral's /audio/transcriptions (provider-apis.md 2.5): a closed set of fields, always JSON, a
/// stream of its own.
class Transcriber final : public sluice::Transcriber {
public:
    Result<TranscriptionCall> encode(
        const TranscriptionRequest& request,
        const Deployment& deployment,
        std::span<const std::string> left_out
    ) const override;
    Result<Transcript> decode(HttpResponse response, const TranscriptionRequest& request)
        const override;
    std::unique_ptr<TranscriptDecoder> decoder() const override;
};

}  // namespace sluice::mistral
