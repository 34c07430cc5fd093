#pragma once

#include "providers/gemini/piece.hpp"
#include "providers/translator.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace sluice::gemini {

/// Reads a whole GenerateContentResponse.
Result<ChatResponse> decode_chat(std::string_view body);

/// Reads the events of one stream, each a GenerateContentResponse of its own. No event says that it
/// is the last: the stream is complete when each candidate has finished and what they cost has
/// been said, else at its end.
class ChatStreamDecoder final : public StreamDecoder {
public:
    explicit ChatStreamDecoder(std::int64_t candidates) : expected_(candidates) {}

    Result<void> on_event(const SseEvent& event, ChatDelta& delta) override;
    bool complete() const override { return complete_; }
    Result<void> finish() override;

private:
    struct Progress {
        int index = 0;
        bool finished = false;
        int calls = 0;
    };
    std::int64_t expected_;
    std::vector<Progress> candidates_;
    bool complete_ = false;
    bool failed_ = false;

    void add(Piece piece, ChatDelta& delta);
    void add_candidate(CandidatePiece& piece, ChatDelta& delta);
    std::int64_t finished() const;
};

/// The reader for an answer of so many candidates; lives as long as the process.
const AnswerReader& reader_for(std::int64_t candidates);

}  // namespace sluice::gemini
