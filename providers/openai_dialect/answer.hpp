#pragma once

#include "providers/openai_dialect/piece.hpp"
#include "providers/translator.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// The dialect of OpenAI's chat completions as its many servers really speak it. Everything is read
/// defensively (provider-apis.md 3.4 and 6.2), so that one reader serves all of them; content may
/// be an array of text and thinking parts, which become content and reasoning.
namespace sluice::openai_dialect {

/// Whether an answer is read with what it says; as_needed: only where its form is not such that
/// the caller gets the body itself.
enum class AnswerTexts { all, as_needed };

/// Reads a chat.completion. ErrorKind::bad_response where it is none; where it carries an error
/// after all, that error, classified.
Result<ChatResponse> decode_chat(std::string_view body, AnswerTexts texts);

/// Reads the chat.completion.chunk events of one stream.
class ChatStreamDecoder : public StreamDecoder {
public:
    Result<void> on_event(const SseEvent& event, ChatDelta& delta) override;
    bool complete() const override { return complete_; }
    Result<void> finish() override;

private:
    struct Call {
        std::int64_t upstream_index = -1;  // -1: the server sends none
        std::string upstream_id;
        bool named = false;
    };
    struct Progress {
        int index = 0;
        bool finished = false;
        std::vector<Call> calls;
    };
    std::vector<Progress> choices_;
    bool complete_ = false;
    bool failed_ = false;

    Result<void> read_chunk(std::string_view data, ChatDelta& delta);
    void add_choice(const ChoicePiece& piece, std::size_t position, ChatDelta& delta);
    static void add_tool_calls(
        Progress& progress, const ChoicePiece& piece, const ChatDelta& delta, ChoiceDelta& choice
    );
    static std::size_t find_call(
        const Progress& progress,
        const ToolCallPiece& piece,
        std::string_view id,
        std::size_t position,
        std::size_t count
    );
};

/// decode_chat and ChatStreamDecoder; lives as long as the process.
const AnswerReader& chat_reader();

}  // namespace sluice::openai_dialect
