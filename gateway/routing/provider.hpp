#pragma once

#include "config/config.hpp"
#include "core/deployment.hpp"
#include "providers/registry.hpp"
#include "routing/target.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace sluice {

enum class Operation { chat, embeddings, transcription, speech, moderation };
std::string_view to_string(Operation operation);
/// What the model table calls models for it.
std::string_view mode_of(Operation operation);

/// A configured provider, resolved: everything a request needs of it.
struct Provider {
    const ProviderConfig* config = nullptr;
    const ProviderEntry* entry = nullptr;
    Endpoint endpoint;
    std::string default_model;  ///< effective; may be empty
    std::string default_embedding_model;
    std::string default_max_tokens;  ///< JSON text; empty: none
    std::string default_temperature;
    KeyHealth* key = nullptr;
    bool usable = false;  ///< has a key, or needs none
};

/// Throws std::invalid_argument for a type that nobody knows or a base_url that is none, which
/// validation has ruled out. config, all and targets outlive what is returned.
std::unique_ptr<Provider> resolve_provider(
    const ProviderConfig& config, const Config& all, Targets& targets
);

/// Where neither a request nor a target names one; may be empty.
std::string_view default_model(const Provider& provider, Operation operation);

}  // namespace sluice
