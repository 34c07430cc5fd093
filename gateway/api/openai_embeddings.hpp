#pragma once

#include "api/chat_form.hpp"
#include "core/chat.hpp"

#include <string>

namespace sluice {

/// The canonical request of an embeddings body, checked as parse_chat_request does it.
Result<EmbeddingsRequest> parse_embeddings_request(std::string body);

/// OpenAI's list of embeddings with an id, which Mistral's clients demand. as_base64: each vector
/// as little-endian float32 in base64 instead of an array of numbers.
std::string openai_embeddings_body(
    const EmbeddingsResponse& response, const AnswerFacts& facts, bool as_base64
);

}  // namespace sluice
