#pragma once

#include "providers/translator.hpp"

#include <span>
#include <string_view>

namespace sluice {

/// One type of provider; what a configured provider of this type has unless it says otherwise.
struct ProviderEntry {
    std::string_view type;
    const Translator* translator;      ///< lives as long as the process
    std::string_view base_url;         ///< empty: must be configured
    std::string_view default_model;    ///< empty: must be configured or asked for
    std::string_view default_embedding_model;
    DialectOptions dialect;
    std::string_view default_transcription_model = {};
    std::string_view default_speech_model = {};
    std::string_view default_moderation_model = {};
};

/// The one table of provider types.
std::span<const ProviderEntry> providers();
/// nullptr where there is no such type.
const ProviderEntry* find_provider(std::string_view type);

}  // namespace sluice
