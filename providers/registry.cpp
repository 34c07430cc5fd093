#include "providers/registry.hpp"

#include "providers/anthropic/anthropic.hpp"
#include "providers/azure_openai/azure_openai.hpp"
#include "providers/gemini/gemini.hpp"
#include "providers/mistral/mistral.hpp"
#include "providers/mock/mock.hpp"
#include "providers/openai/openai.hpp"
#include "providers/openai_compatible/openai_compatible.hpp"

#include <algorithm>
#include <array>

namespace sluice {
namespace {

template <class T>
const Translator* make()
{
    static const T translator;
    return &translator;
}

}  // namespace

std::span<const ProviderEntry> providers()
{
    static const std::array table{
        ProviderEntry{
            .type = "openai",
            .translator = make<openai::Translator>(),
            .base_url = "https://api.openai.com/v1",
            .default_model = "gpt-6-luna",
            .default_embedding_model = "text-embedding-3-small",
            .dialect = {.unsupported = {}, .max_completion_tokens = true, .extra_fields = false},
            .default_transcription_model = "gpt-transcribe",
            .default_speech_model = "gpt-4o-mini-tts",
            .default_moderation_model = "omni-moderation-latest"
        },
        ProviderEntry{
            .type = "mistral",
            .translator = make<mistral::Translator>(),
            .base_url = "https://api.mistral.ai/v1",
            .default_model = "mistral-small-latest",
            .default_embedding_model = "mistral-embed",
            .dialect = {},
            .default_transcription_model = "voxtral-mini-latest",
            .default_moderation_model = "mistral-moderation-2603"
        },
        ProviderEntry{
            .type = "anthropic",
            .translator = make<anthropic::Translator>(),
            .base_url = "https://api.anthropic.com/v1",
            .default_model = "claude-haiku-4-5",
            .default_embedding_model = "",
            .dialect = {}
        },
        ProviderEntry{
            .type = "gemini",
            .translator = make<gemini::Translator>(),
            // Previews, and what they bring, come to v1beta first; v1 is a base_url away.
            .base_url = "https://generativelanguage.googleapis.com/v1beta",
            .default_model = "gemini-3.5-flash-lite",
            .default_embedding_model = "gemini-embedding-001",
            .dialect = {}
        },
        ProviderEntry{
            .type = "azure_openai",
            .translator = make<azure_openai::Translator>(),
            .base_url = "",
            .default_model = "",
            .default_embedding_model = "",
            .dialect = {.unsupported = {}, .max_completion_tokens = true, .extra_fields = false}
        },
        ProviderEntry{
            .type = "openai_compatible",
            .translator = make<openai_compatible::Translator>(),
            .base_url = "",
            .default_model = "",
            .default_embedding_model = "",
            .dialect = {}
        },
        ProviderEntry{
            .type = "mock",
            .translator = make<mock::Translator>(),
            .base_url = "",
            .default_model = "echo",
            .default_embedding_model = "embed",
            .dialect = mock::dialect()
        },
    };
    return table;
}

const ProviderEntry* find_provider(std::string_view type)
{
    const auto found = std::ranges::find(providers(), type, &ProviderEntry::type);
    return found == providers().end() ? nullptr : &*found;
}

}  // namespace sluice
