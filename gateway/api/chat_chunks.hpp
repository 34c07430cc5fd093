#pragma once

#include "api/chat_form.hpp"
#include "core/chat.hpp"
#include "core/error.hpp"

#include <boost/container/small_vector.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// How a caller wants its chunks.
struct ChunkOptions {
    bool include_usage = false;  ///< usage in a chunk of its own, as the caller asked
    /// Each tool call in one piece: Mistral's clients refuse a fragment without a name.
    bool whole_tool_calls = false;
};

/// Writes one canonical stream as OpenAI's chunks, in the one form that every client accepts
/// (provider-apis.md section 7.2): one choice a chunk, finish_reason always there, never
/// "usage":null, the role first and once, usage on the last chunk with a finish reason. A delta
/// that brings a chunk of this form with it is passed on as it came, save what the form forbids.
class ChunkWriter {
public:
    /// id, model and created stand in where the upstream names none.
    ChunkWriter(std::string id, std::string_view model, std::int64_t created, ChunkOptions options);

    /// Appends the events of this delta, none where it has nothing to show. A finish reason is held
    /// until finish(), because usage comes after it and rides on it. usage in the delta is not
    /// looked at.
    void append(std::string& out, const ChatDelta& delta);
    /// Appends the end of a stream whose choices have all finished: what was held, the usage,
    /// [DONE].
    void finish(std::string& out, const Usage& usage);

private:
    struct ChoiceState {
        int index;
        FinishReason finish = FinishReason::none;
        std::string held{};                  // the provider's own chunk with the finish reason
        std::vector<ToolCallDelta> calls{};  // not written yet, where they go out whole
    };
    struct Names {
        std::string id;
        std::string model;
        std::int64_t created = 0;
    };

    void take_names(const ChatDelta& delta);
    const std::string& head();
    bool append_native(std::string& out, const ChatDelta& delta);
    void append_choice(std::string& out, const ChoiceDelta& choice);
    void append_whole_calls(std::string& out, ChoiceState& state);
    /// nullptr: nothing was heard of this choice yet.
    ChoiceState* known(int index);
    /// The state of a choice; its role chunk is written where this is the first that is heard of
    /// it.
    ChoiceState& opened(std::string& out, int index);
    /// Appends a chunk up to its delta, which the caller writes.
    void begin_chunk(std::string& out, int index);

    Names fallback_;
    Names upstream_;  // as far as it has said by the first chunk; for the whole stream
    ChunkOptions options_;
    std::string head_;  // of every chunk, up to its choices; made when the first is written
    boost::container::small_vector<ChoiceState, 1> choices_;
};

/// Appends the event that ends a stream which failed after its start. No [DONE] may follow.
void append_stream_error(std::string& out, const Error& error);

/// The streams of every surface that speaks in chunks.
class ChunkForm : public ChatForm {
public:
    explicit ChunkForm(ChunkOptions options) : options_(options) {}

    void begin(std::string& out, AnswerFacts facts) override;
    void append(std::string& out, const ChatDelta& delta) override { writer_->append(out, delta); }
    void finish(std::string& out, const Usage& usage) override { writer_->finish(out, usage); }
    void fail(std::string& out, const Error& error) override { append_stream_error(out, error); }

private:
    ChunkOptions options_;
    std::optional<ChunkWriter> writer_;
};

}  // namespace sluice
