#include "routing/provider.hpp"

#include "core/error.hpp"
#include "core/json.hpp"
#include "routing/endpoint.hpp"

#include <stdexcept>
#include <utility>

namespace sluice {

std::string_view to_string(Operation operation)
{
    switch (operation) {
        case Operation::chat: return "chat";
        case Operation::embeddings: return "embeddings";
        case Operation::transcription: return "transcription";
        case Operation::speech: return "speech";
        case Operation::moderation: return "moderation";
    }
    std::unreachable();
}

std::string_view mode_of(Operation operation)
{
    switch (operation) {
        case Operation::chat: return "chat";
        case Operation::embeddings: return "embedding";
        case Operation::transcription: return "audio_transcription";
        case Operation::speech: return "audio_speech";
        case Operation::moderation: return "moderation";
    }
    std::unreachable();
}

std::unique_ptr<Provider> resolve_provider(
    const ProviderConfig& config, const Config& all, Targets& targets
)
{
    auto provider = std::make_unique<Provider>();
    provider->config = &config;
    provider->entry = find_provider(config.type);
    if (!provider->entry)
        throw std::invalid_argument(concat(config.name, ": no provider type ", config.type));
    const auto& entry = *provider->entry;
    provider->endpoint = make_endpoint(config, entry);
    provider->default_model = !config.default_model.empty() ? config.default_model
                              : !all.default_model.empty()  ? all.default_model
                                                            : entry.default_model;
    provider->default_embedding_model = !config.default_embedding_model.empty()
                                            ? config.default_embedding_model
                                            : entry.default_embedding_model;
    const auto max_tokens =
        config.default_max_tokens ? config.default_max_tokens : all.default_max_tokens;
    if (max_tokens) json::append_number(provider->default_max_tokens, *max_tokens);
    const auto temperature =
        config.default_temperature ? config.default_temperature : all.default_temperature;
    if (temperature) json::append_number(provider->default_temperature, *temperature);
    provider->key = &targets.key(config.name);
    provider->usable = !config.api_key.empty() || !provider->endpoint.dialect.require_key ||
                       is_loopback_host(provider->endpoint.origin.host);
    return provider;
}

std::string_view default_model(const Provider& provider, Operation operation)
{
    switch (operation) {
        case Operation::chat: return provider.default_model;
        case Operation::embeddings: return provider.default_embedding_model;
        case Operation::transcription: return provider.entry->default_transcription_model;
        case Operation::speech: return provider.entry->default_speech_model;
        case Operation::moderation: return provider.entry->default_moderation_model;
    }
    std::unreachable();
}

}  // namespace sluice
