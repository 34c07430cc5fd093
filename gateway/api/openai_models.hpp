#pragma once

#include "api/model_entry.hpp"

#include <span>
#include <string>

namespace sluice {

/// OpenAI's model object with what Mistral's clients look for in it (provider-apis.md section 7.3).
std::string openai_model_body(const ModelEntry& model);
/// OpenAI's list of models.
std::string openai_models_body(std::span<const ModelEntry> models);

}  // namespace sluice
