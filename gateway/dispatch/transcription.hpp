#pragma once

#include "core/audio.hpp"
#include "core/body_source.hpp"
#include "core/sse.hpp"
#include "dispatch/job.hpp"

#include <memory>
#include <optional>
#include <string>

namespace sluice {

/// The content of an uploaded file. When its end has been read, every field of the form is known.
class UploadedFile : public BodySource {
public:
    /// Back to the first byte; false where bytes were given out that are kept nowhere.
    virtual bool rewind() = 0;
};

/// A transcript that comes as a stream: the provider's events in, OpenAI's out.
class TranscriptStream {
public:
    TranscriptStream(Exchange exchange, std::unique_ptr<TranscriptDecoder> decoder);

    /// Appends what the next piece that arrives has for the caller, possibly nothing. Errors as
    /// ChatStream::next.
    Task<Result<void>> next(std::string& out, TimePoint deadline);
    bool complete() const { return decoder_->complete(); }
    const std::optional<Usage>& usage() const { return decoder_->usage(); }

private:
    Exchange exchange_;
    std::unique_ptr<TranscriptDecoder> decoder_;
    SseParser parser_;
};

/// Speech into text: the form is written anew for each target, the file in it passes through.
class Transcribing : public Job {
public:
    Transcribing(const TranscriptionRequest& request, std::shared_ptr<UploadedFile> file);

    bool repeatable() override { return file_->rewind(); }
    Result<Call> encode(const Translator&, const Deployment&, LeftOut) const override;
    bool comes_in_pieces(const Exchange&) const override;
    Task<Result<void>> receive(Exchange, const Translator&, const Call&, AnswerDeadlines) override;
    Result<void> take(std::string, const Exchange&, const Translator&, const Call&) override;

    Transcript transcript;                   ///< where there is no stream
    std::optional<TranscriptStream> stream;  ///< what of it has come is in `opening`
    std::string opening;

private:
    class Content;

    const TranscriptionRequest& request_;
    std::shared_ptr<UploadedFile> file_;
    std::string boundary_;
};

}  // namespace sluice
