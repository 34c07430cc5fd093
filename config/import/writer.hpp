#pragma once

#include "config/config.hpp"

#include <map>
#include <string>

namespace sluice {

/// The settings that differ from their defaults, as YAML. Texts are written as our file spells
/// them: ${VAR} is a variable. comments: path -> what stands above it.
std::string write_config(const Config& config, const std::map<std::string, std::string>& comments);

/// All settings of a provider as one text, to tell two apart.
std::string fingerprint(const ProviderConfig& provider);

}  // namespace sluice
