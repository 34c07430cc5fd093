#pragma once

#include "api/chat_chunks.hpp"

namespace sluice {

/// /api/chat of a web front end: the text alone in one piece; streams are OpenAI's chunks.
class PanelForm : public ChunkForm {
public:
    PanelForm() : ChunkForm({}) {}
    std::string whole(ChatResponse&& response, const AnswerFacts& facts) override;
};

/// /api/chat/stream: events that carry text are {"delta":"text"} and nothing else; what is not text
/// comes under an event name, which such clients skip.
class PanelStreamForm : public ChatForm {
public:
    std::string whole(ChatResponse&& response, const AnswerFacts& facts) override;
    void begin(std::string& out, AnswerFacts facts) override;
    void append(std::string& out, const ChatDelta& delta) override;
    void finish(std::string& out, const Usage& usage) override;
    void fail(std::string& out, const Error& error) override;
};

}  // namespace sluice
