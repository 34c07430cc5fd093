#pragma once

#include "core/chat.hpp"
#include "core/task.hpp"
#include "core/time.hpp"
#include "providers/translator.hpp"
#include "upstream/exchange.hpp"

#include <string>

namespace sluice {

/// When the parts of an answer have to be there.
struct AnswerDeadlines {
    TimePoint first_token;  ///< of a stream
    TimePoint whole;        ///< of an answer in one piece
};

/// What is asked of a target, and what becomes of its answer. The dispatcher may ask several
/// targets in turn; the last answer that is accepted is the one that counts.
class Job {
public:
    virtual ~Job() = default;
    virtual bool streaming() const { return false; }
    /// Makes ready for another attempt; false where what was sent cannot be sent again.
    virtual bool repeatable() { return true; }
    virtual Result<Call> encode(
        const Translator& translator, const Deployment& deployment, LeftOut left_out
    ) const = 0;

    // A successful answer is received as it comes, or else read to its end and taken. An error of
    // either is the attempt's failure.

    /// True where this answer, of which the head is there, is to be received as it comes.
    virtual bool comes_in_pieces(const Exchange&) const { return false; }
    /// Reads the answer up to the commit point.
    virtual Task<Result<void>> receive(
        Exchange exchange, const Translator& translator, const Call& call, AnswerDeadlines deadlines
    );
    /// The body is all of it.
    virtual Result<void> take(
        std::string body, const Exchange& exchange, const Translator& translator, const Call& call
    );
};

/// A chat for one target. ErrorKind::unfit where it means something that only the caller's own
/// dialect can say and the target speaks another.
Result<Call> encode_chat(
    const ChatRequest& chat,
    const Translator& translator,
    const Deployment& deployment,
    LeftOut left_out
);

class WholeChat : public Job {
public:
    explicit WholeChat(const ChatRequest& request) : request_(request) {}
    Result<Call> encode(const Translator&, const Deployment&, LeftOut) const override;
    Result<void> take(std::string, const Exchange&, const Translator&, const Call&) override;

    ChatResponse response;

private:
    const ChatRequest& request_;
};

class Embeddings : public Job {
public:
    explicit Embeddings(const EmbeddingsRequest& request) : request_(request) {}
    Result<Call> encode(const Translator&, const Deployment&, LeftOut) const override;
    Result<void> take(std::string, const Exchange&, const Translator&, const Call&) override;

    EmbeddingsResponse response;

private:
    const EmbeddingsRequest& request_;
};

}  // namespace sluice
