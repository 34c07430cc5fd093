#pragma once

#include "api/chat_chunks.hpp"
#include "core/chat.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace sluice {

/// A model as /models lists it.
struct ModelEntry {
    std::string id = {};
    std::string description = {};
    std::int64_t context_window = 0;  ///< 0: unknown, and left out; likewise below
    std::int64_t max_output_tokens = 0;
    double input_price = 0;  ///< USD per million tokens
    double output_price = 0;
    std::string shutdown_date = {};  ///< YYYY-MM-DD; empty: none announced
};

/// The envelope around an answer in one piece; a stream is one of OpenAI's chunks.
class ConnectorForm : public ChunkForm {
public:
    using ChunkForm::ChunkForm;
    std::string whole(const ChatResponse& response, const AnswerFacts& facts) override;
};

std::string connector_embeddings_body(const EmbeddingsResponse& response, const AnswerFacts& facts);
std::string connector_models_body(std::span<const ModelEntry> models);

}  // namespace sluice
