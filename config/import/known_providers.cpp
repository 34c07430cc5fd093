#include "config/import/known_providers.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace sluice {
namespace {

constexpr std::string_view compatible = "openai_compatible";

// clang-format off: a provider a line
constexpr std::array table{
    KnownProvider{"openai", "openai", "openai", ""},
    KnownProvider{"text_completion_openai", "openai", "openai", ""},
    KnownProvider{"azure", "azure", "azure_openai", ""},
    KnownProvider{"azure_openai", "azure", "azure_openai", ""},
    KnownProvider{"azure_text", "azure", "azure_openai", ""},
    KnownProvider{"mistral", "mistral", "mistral", ""},
    KnownProvider{"mistral_ai", "mistral", "mistral", ""},
    KnownProvider{"anthropic", "anthropic", "anthropic", ""},
    KnownProvider{"gemini", "gemini", "gemini", ""},
    KnownProvider{"google", "gemini", "gemini", ""},
    KnownProvider{"ai21", "ai21", compatible, "https://api.ai21.com/studio/v1"},
    KnownProvider{"cerebras", "cerebras", compatible, "https://api.cerebras.ai/v1"},
    KnownProvider{"cohere", "cohere", compatible, "https://api.cohere.ai/compatibility/v1"},
    KnownProvider{"cohere_chat", "cohere", compatible, "https://api.cohere.ai/compatibility/v1"},
    KnownProvider{"dashscope", "dashscope", compatible, "https://dashscope-intl.aliyuncs.com/compatible-mode/v1"},
    KnownProvider{"deepinfra", "deepinfra", compatible, "https://api.deepinfra.com/v1/openai"},
    KnownProvider{"deepseek", "deepseek", compatible, "https://api.deepseek.com/v1"},
    KnownProvider{"fireworks", "fireworks", compatible, "https://api.fireworks.ai/inference/v1"},
    KnownProvider{"fireworks_ai", "fireworks", compatible, "https://api.fireworks.ai/inference/v1"},
    KnownProvider{"groq", "groq", compatible, "https://api.groq.com/openai/v1"},
    KnownProvider{"huggingface", "huggingface", compatible, "https://router.huggingface.co/v1"},
    KnownProvider{"hyperbolic", "hyperbolic", compatible, "https://api.hyperbolic.xyz/v1"},
    KnownProvider{"moonshot", "moonshot", compatible, "https://api.moonshot.ai/v1"},
    KnownProvider{"nebius", "nebius", compatible, "https://api.studio.nebius.ai/v1"},
    KnownProvider{"novita", "novita", compatible, "https://api.novita.ai/v3/openai"},
    KnownProvider{"novita_ai", "novita", compatible, "https://api.novita.ai/v3/openai"},
    KnownProvider{"nvidia_nim", "nvidia", compatible, "https://integrate.api.nvidia.com/v1"},
    KnownProvider{"openrouter", "openrouter", compatible, "https://openrouter.ai/api/v1"},
    KnownProvider{"parasail", "parasail", compatible, "https://api.parasail.io/v1"},
    KnownProvider{"perplexity", "perplexity", compatible, "https://api.perplexity.ai"},
    KnownProvider{"perplexity_ai", "perplexity", compatible, "https://api.perplexity.ai"},
    KnownProvider{"sambanova", "sambanova", compatible, "https://api.sambanova.ai/v1"},
    KnownProvider{"together", "together", compatible, "https://api.together.xyz/v1"},
    KnownProvider{"together_ai", "together", compatible, "https://api.together.xyz/v1"},
    KnownProvider{"x_ai", "xai", compatible, "https://api.x.ai/v1"},
    KnownProvider{"xai", "xai", compatible, "https://api.x.ai/v1"},
    KnownProvider{"ollama", "ollama", compatible, "http://127.0.0.1:11434/v1", true},
    KnownProvider{"ollama_chat", "ollama", compatible, "http://127.0.0.1:11434/v1", true},
    KnownProvider{"lm_studio", "lm_studio", compatible, "http://127.0.0.1:1234/v1", true},
    KnownProvider{"hosted_vllm", "vllm", compatible, "", true},
    KnownProvider{"vllm", "vllm", compatible, "", true},
    KnownProvider{"sgl", "sgl", compatible, "", true},
    KnownProvider{"llamafile", "llamafile", compatible, "http://127.0.0.1:8080/v1", true},
    KnownProvider{"custom_openai", "custom", compatible, ""},
    KnownProvider{"openai_like", "custom", compatible, ""},
    KnownProvider{"litellm_proxy", "litellm", compatible, ""},
    KnownProvider{"bedrock", "", "", ""},
    KnownProvider{"bedrock_converse", "", "", ""},
    KnownProvider{"bedrock_mantle", "", "", ""},
    KnownProvider{"sagemaker", "", "", ""},
    KnownProvider{"sagemaker_chat", "", "", ""},
    KnownProvider{"vertex", "", "", ""},
    KnownProvider{"vertex_ai", "", "", ""},
    KnownProvider{"vertex_ai_beta", "", "", ""},
};
// clang-format on

}  // namespace

const KnownProvider* known_provider(std::string_view word)
{
    std::string spelled(word);
    for (char& c : spelled)
        c = c == '-' ? '_' : c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    const auto found = std::ranges::find(table, spelled, &KnownProvider::word);
    return found == table.end() ? nullptr : &*found;
}

}  // namespace sluice
