#pragma once

#include "dispatch/job.hpp"

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace sluice {

/// A stream of a provider that has begun: bytes in, canonical deltas out. Honest about its end: it
/// is complete only when the provider's terminal signal came.
class ChatStream {
public:
    /// keep_events: each delta carries the event that it came from, and so does one of its own for
    /// an event that means nothing.
    ChatStream(Exchange exchange, std::unique_ptr<StreamDecoder> decoder, bool keep_events);

    /// Appends the deltas of what arrives next to `deltas` (possibly none: a keep-alive): all that
    /// one receive brought, so that the caller's side costs one write for it and not one an event.
    /// Errors: idle_timeout (past the deadline; the stream may be read on), stream_interrupted
    /// (cut, garbage, or an end without its signal), cancelled, or what the provider reported.
    Task<Result<void>> next(std::vector<ChatDelta>& deltas, TimePoint deadline);
    bool complete() const { return complete_; }
    /// After complete(): reads what is left of the body, its chunked ending, so that the connection
    /// can serve again. Nobody waits long for that.
    Task<void> read_to_end();
    int malformed_events() const { return malformed_; }

private:
    Exchange exchange_;
    std::unique_ptr<StreamDecoder> decoder_;
    SseParser parser_;
    bool keep_events_;
    bool complete_ = false;
    int malformed_ = 0;
    int malformed_in_a_row_ = 0;

    Result<void> decode(std::string_view bytes, std::vector<ChatDelta>& deltas);
    Result<void> decode(const SseEvent& event, std::vector<ChatDelta>& deltas);
    Result<void> end(std::vector<ChatDelta>& deltas);
};

/// A chat whose answer is relayed as it comes. receive() reads up to the first token: until then
/// another target may still answer instead.
class StreamedChat : public Job {
public:
    explicit StreamedChat(const ChatRequest& request) : request_(request) {}
    bool streaming() const override { return true; }
    Result<Call> encode(const Translator&, const Deployment&, LeftOut) const override;
    bool comes_in_pieces(const Exchange&) const override;
    Task<Result<void>> receive(Exchange, const Translator&, const Call&, AnswerDeadlines) override;
    Result<void> take(std::string, const Exchange&, const Translator&, const Call&) override;

    /// nullopt: the provider answered in one piece, and all of it is in `opening`.
    std::optional<ChatStream> stream;
    std::vector<ChatDelta> opening;  ///< everything up to and including the first token

private:
    const ChatRequest& request_;
};

}  // namespace sluice
