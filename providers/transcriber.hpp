#pragma once

#include "core/audio.hpp"
#include "core/deployment.hpp"
#include "core/error.hpp"
#include "core/http.hpp"
#include "core/sse.hpp"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace sluice {

/// The events of a transcript's stream, made into OpenAI's: transcript.text.delta, ….done.
class TranscriptDecoder {
public:
    virtual ~TranscriptDecoder() = default;
    /// Appends what the caller gets to hear of the event. An error: the provider reported a
    /// failure; the stream is over.
    virtual Result<void> on_event(const SseEvent& event, std::string& out) = 0;
    /// True once the whole text has come.
    virtual bool complete() const = 0;
    /// As the last event said it.
    virtual const std::optional<Usage>& usage() const = 0;
};

/// One transcription as it will be sent: a form of these fields and the file.
struct TranscriptionCall {
    HttpRequest request;  ///< without body and content type
    std::vector<FormField> fields{};
    std::vector<std::string> warnings{};
};

/// How a provider turns speech into text. Pure and stateless, as its translator.
class Transcriber {
public:
    virtual ~Transcriber() = default;
    /// ErrorKind::unfit, with the field in Error::param, where the target cannot do what is asked,
    /// and no other form of its answer can be made into it. Fields that come behind the file only
    /// add to the call.
    virtual Result<TranscriptionCall> encode(
        const TranscriptionRequest& request,
        const Deployment& deployment,
        std::span<const std::string> left_out
    ) const = 0;
    /// The answer to such a call, if it is no stream of events.
    virtual Result<Transcript> decode(HttpResponse response, const TranscriptionRequest& request)
        const = 0;
    virtual std::unique_ptr<TranscriptDecoder> decoder() const = 0;
};

}  // namespace sluice
