#include "telemetry/genai_provider.hpp"

namespace sluice {

namespace {

struct Word {
    std::string_view of;
    std::string_view word;
};

constexpr Word types[] = {
    {"openai", "openai"},
    {"mistral", "mistral_ai"},
    {"anthropic", "anthropic"},
    {"gemini", "gcp.gemini"},
    {"azure_openai", "azure.ai.openai"},
};
/// Who runs a server of the OpenAI dialect, by the end of its name.
constexpr Word hosts[] = {
    {"api.openai.com", "openai"},
    {"api.mistral.ai", "mistral_ai"},
    {"api.groq.com", "groq"},
    {"api.deepseek.com", "deepseek"},
    {"api.x.ai", "x_ai"},
    {"api.perplexity.ai", "perplexity"},
    {"api.moonshot.ai", "moonshot_ai"},
    {"api.moonshot.cn", "moonshot_ai"},
    {"api.cohere.ai", "cohere"},
    {"api.cohere.com", "cohere"},
    {"generativelanguage.googleapis.com", "gcp.gemini"},
    {"aiplatform.googleapis.com", "gcp.vertex_ai"},
    {".openai.azure.com", "azure.ai.openai"},
    {".amazonaws.com", "aws.bedrock"},
    {".ml.cloud.ibm.com", "ibm.watsonx.ai"},
};

}  // namespace

std::string_view genai_provider(
    std::string_view type, std::string_view host, std::string_view configured_name
)
{
    for (const auto& [of, word] : types)
        if (type == of) return word;
    for (const auto& [of, word] : hosts)
        if (host.ends_with(of)) return word;
    return configured_name;
}

}  // namespace sluice
