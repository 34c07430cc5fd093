#pragma once

#include "core/chat.hpp"
#include "core/deployment.hpp"
#include "core/error.hpp"
#include "core/http.hpp"
#include "core/sse.hpp"
#include "providers/transcriber.hpp"

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// Turns one stream's events into canonical deltas, in order.
class StreamDecoder {
public:
    virtual ~StreamDecoder() = default;
    /// Reads the event into an empty delta, which stays empty where there is nothing to pass on; of
    /// no use after an error. ErrorKind::bad_response: this event is malformed (the stream may go
    /// on without it). Any other kind: the provider reported a failure; the stream is over.
    virtual Result<void> on_event(const SseEvent& event, ChatDelta& delta) = 0;
    /// True once the provider's terminal signal has come; nothing after it matters.
    virtual bool complete() const = 0;
    /// To be asked when the stream has ended, however it did. ErrorKind::stream_interrupted: it was
    /// cut short (no finish reason for some choice that had begun, or no choice at all).
    virtual Result<void> finish() = 0;
};

/// Reads the answers to one kind of call. Stateless; lives as long as the translator.
class AnswerReader {
public:
    virtual ~AnswerReader() = default;
    /// The body of a 2xx. ErrorKind::bad_response where it is no valid answer; other kinds where
    /// it carries an error after all.
    virtual Result<ChatResponse> decode(std::string_view body) const = 0;
    /// The same of a body that is for a caller of its own dialect. Where its form serves
    /// (ChatResponse::form) and it says its usage, what the choices say may be left out: nobody
    /// here needs it.
    virtual Result<ChatResponse> decode_native(std::string_view body) const { return decode(body); }
    virtual std::unique_ptr<StreamDecoder> stream_decoder() const = 0;
};

/// One call as it will be sent.
struct Call {
    HttpRequest request;
    std::vector<std::string> warnings{};   ///< tuning fields dropped or clamped, a line each
    const AnswerReader* reader = nullptr;  ///< for chat calls
    std::optional<Dialect> dialect{};  ///< what a chat call is answered in; nullopt: one of its own
};

/// JSON paths that a call must leave out because the provider refused them before; a top-level name
/// ("temperature") or a path into the body ("messages.2.reasoning_content").
using LeftOut = std::span<const std::string>;

/// Speaks one provider's dialect. Pure: no I/O, no clock, no globals; one instance serves every
/// worker.
class Translator {
public:
    virtual ~Translator() = default;

    /// The call for this request. ErrorKind::unfit, with the field in Error::param, where the
    /// target cannot express what the request means. The request asks for a stream where
    /// chat.stream says so.
    virtual Result<Call> encode(
        const ChatRequest& chat, const Deployment& deployment, LeftOut left_out
    ) const = 0;
    virtual Result<Call> encode_embeddings(
        const EmbeddingsRequest& request, const Deployment& deployment, LeftOut left_out
    ) const = 0;
    virtual Result<EmbeddingsResponse> decode_embeddings(std::string_view body) const = 0;
    virtual HttpRequest encode_models(const Endpoint& endpoint) const = 0;
    virtual Result<std::vector<ListedModel>> decode_models(std::string_view body) const = 0;
    /// Classifies a response that is no success, by body first, then by status (provider-apis.md
    /// section 8): kind, message, param, retry_after (header, then body hints), repair.
    virtual Error decode_error(const HttpResponse& response) const = 0;

    /// Turns speech into text; nullptr: this provider does not.
    virtual const Transcriber* transcriber() const { return nullptr; }
    /// A request whose answer is passed on as it comes: `path` is below the base path, the document
    /// is the caller's but for its model. ErrorKind::unfit where the provider has no such path.
    virtual Result<Call> encode_forward(
        std::string_view path, const json::Document&, const Deployment& deployment, LeftOut
    ) const
    {
        return std::unexpected(Error{
            .kind = ErrorKind::unfit,
            .message = concat(deployment.endpoint->provider, " has nothing like ", path),
            .param = "model",
        });
    }
};

}  // namespace sluice
