#pragma once

#include "core/chat.hpp"
#include "core/task.hpp"
#include "core/time.hpp"
#include "providers/translator.hpp"
#include "upstream/exchange.hpp"

#include <cstddef>
#include <optional>

namespace sluice {

/// When the parts of an answer have to be there.
struct AnswerDeadlines {
    TimePoint first_token;  ///< of a stream
    TimePoint whole;        ///< of an answer in one piece
};

/// What is asked of a target, and what becomes of its answer. The dispatcher may ask several
/// targets in turn; the last call to receive() that succeeds is the one that counts.
class Job {
public:
    virtual ~Job() = default;
    virtual bool streaming() const { return false; }
    /// Makes ready for another attempt; false where what was sent cannot be sent again.
    virtual bool repeatable() { return true; }
    virtual Result<Call> encode(
        const Translator& translator, const Deployment& deployment, LeftOut left_out
    ) const = 0;
    /// Reads a successful response up to the commit point; an error is the attempt's failure.
    virtual Task<Result<void>> receive(
        Exchange exchange, const Translator& translator, const Call& call, AnswerDeadlines deadlines
    ) = 0;

protected:
    /// An answer in one piece may not be larger.
    static constexpr std::size_t max_answer = 64u << 20;
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
    Task<Result<void>> receive(Exchange, const Translator&, const Call&, AnswerDeadlines) override;

    ChatResponse response;

private:
    const ChatRequest& request_;
};

class Embeddings : public Job {
public:
    explicit Embeddings(const EmbeddingsRequest& request) : request_(request) {}
    Result<Call> encode(const Translator&, const Deployment&, LeftOut) const override;
    Task<Result<void>> receive(Exchange, const Translator&, const Call&, AnswerDeadlines) override;

    EmbeddingsResponse response;

private:
    const EmbeddingsRequest& request_;
};

}  // namespace sluice
