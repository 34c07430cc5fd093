#pragma once

#include "providers/transcriber.hpp"

#include <boost/json/object.hpp>

namespace sluice::openai_dialect {

/// POST /audio/transcriptions and /audio/translations. What the server answers is passed on as it
/// came, unless it had to be asked for another form.
class Transcriber : public sluice::Transcriber {
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

/// A transcript in JSON: OpenAI's json and verbose_json, and Mistral's. ErrorKind::bad_response
/// where it has no text; other kinds where it reports a failure after all.
Result<Transcript> read_transcript(std::string_view body);

/// A usage in tokens, in seconds, or in both; nullopt: it counts nothing.
std::optional<Usage> read_audio_usage(const boost::json::object& answer);

}  // namespace sluice::openai_dialect
