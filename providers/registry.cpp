#include "providers/registry.hpp"

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
            .dialect = {.unsupported = {}, .max_completion_tokens = true, .extra_fields = false}
        },
        ProviderEntry{
            .type = "mistral",
            .translator = make<mistral::Translator>(),
            .base_url = "https://api.mistral.ai/v1",
            .default_model = "mistral-small-latest",
            .default_embedding_model = "mistral-embed",
            .dialect = {}
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
