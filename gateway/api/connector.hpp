#pragma once

#include "api/chat_chunks.hpp"
#include "api/model_entry.hpp"
#include "core/chat.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace sluice {

/// The envelope around an answer in one piece; a stream is one of OpenAI's chunks.
class ConnectorForm : public ChunkForm {
public:
    using ChunkForm::ChunkForm;
    std::string whole(ChatResponse&& response, const AnswerFacts& facts) override;
};

std::string connector_embeddings_body(const EmbeddingsResponse& response, const AnswerFacts& facts);
std::string connector_models_body(std::span<const ModelEntry> models);

}  // namespace sluice
