#pragma once

#include "core/chat.hpp"

namespace sluice {

/// Puts OpenAI's spelling in the place of what Mistral's clients write otherwise in a checked chat
/// request: tool_choice "any", random_seed, and image_url as the address alone.
Result<void> respell_for_openai(ChatRequest& chat);

}  // namespace sluice
