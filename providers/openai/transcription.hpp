#pragma once

#include "providers/openai_dialect/transcription.hpp"

namespace sluice::openai {

/// Knows which of OpenAI's models gives which response_format (provider-apis.md 1.11).
class Transcriber final : public openai_dialect::Transcriber {
public:
    Result<TranscriptionCall> encode(
        const TranscriptionRequest& request,
        const Deployment& deployment,
        std::span<const std::string> left_out
    ) const override;
};

}  // namespace sluice::openai
