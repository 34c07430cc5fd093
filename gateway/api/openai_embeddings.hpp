#pragma once

#include "core/chat.hpp"

#include <string>

namespace sluice {

/// The canonical request of an embeddings body, checked as parse_chat_request does it.
Result<EmbeddingsRequest> parse_embeddings_request(std::string body);

}  // namespace sluice
