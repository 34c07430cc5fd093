#pragma once

#include "config/config.hpp"

#include <expected>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// Where a load takes its settings from. Precedence: built-in default < configuration file < .env <
/// environment < command line.
struct ConfigSources {
    std::optional<std::string> file;  ///< --config or SLUICE_CONFIG; nullopt: built-in defaults
    std::string env_file = ".env";    ///< read where it exists; empty: none
    std::map<std::string, std::string, std::less<>> environment;
    std::vector<std::string> listen;       ///< --listen; empty: not given
    std::optional<std::string> log_level;  ///< --log-level
    std::optional<int> workers;            ///< --workers
    bool demo = false;                     ///< --demo
    /// The types there are, as the registry of providers has them.
    std::vector<std::string> provider_types{
        "openai", "mistral", "anthropic", "gemini", "azure_openai", "openai_compatible", "mock"
    };
};

struct LoadedConfig {
    Config config;
    std::vector<std::string> warnings;  ///< a line each, for the log
    /// Where each setting that is not at its default got its value, and where the maps around it
    /// stand: path -> "sluice.yaml:12", "environment OPENAI_API_KEY", ...
    std::map<std::string, std::string> origins;
};

/// Every finding of a load that failed, each a whole line: `file:line:column: path: message`.
using ConfigErrors = std::vector<std::string>;

/// Reads, merges and checks everything. Blocking; for start-up and reload only.
std::expected<LoadedConfig, ConfigErrors> load_config(const ConfigSources& sources);
/// The same with the file's text at hand; name is what findings call it. ConfigSources::file is not
/// looked at.
std::expected<LoadedConfig, ConfigErrors> load_config_text(
    std::string_view text, std::string_view name, const ConfigSources& sources
);
/// The process's environment, for ConfigSources.
std::map<std::string, std::string, std::less<>> process_environment();
/// The effective settings as YAML with their origin as a comment, secrets as ***.
std::string print_config(const LoadedConfig& loaded);

}  // namespace sluice
