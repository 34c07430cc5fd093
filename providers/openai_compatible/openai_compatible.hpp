#pragma once

#include "providers/openai_dialect/translator.hpp"

namespace sluice::openai_compatible {

/// Any server that speaks the OpenAI dialect (Groq, DeepSeek, OpenRouter, vLLM, Ollama, …). What it
/// differs in is its endpoint's DialectOptions, from the configuration.
using Translator = openai_dialect::Translator;

}  // namespace sluice::openai_compatible
