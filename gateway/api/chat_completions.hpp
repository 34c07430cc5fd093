#pragma once

#include "api/chat_chunks.hpp"

namespace sluice {

/// /v1/chat/completions: OpenAI's object, byte for byte where the provider speaks it too.
class ChatCompletionsForm : public ChunkForm {
public:
    using ChunkForm::ChunkForm;
    std::string whole(ChatResponse&& response, const AnswerFacts& facts) override;
};

}  // namespace sluice
