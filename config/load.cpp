#include "config/load.hpp"

#include "config/assignments.hpp"
#include "config/completion.hpp"
#include "config/environment.hpp"
#include "config/findings.hpp"
#include "config/otel_variables.hpp"
#include "config/settings_reader.hpp"
#include "config/text_file.hpp"
#include "config/validate.hpp"
#include "config/yaml_reader.hpp"
#include "core/error.hpp"

namespace sluice {
namespace {

constexpr std::size_t max_config_file = 1 << 20;

void read_file_settings(
    std::string_view text,
    std::string_view name,
    const Variables& variables,
    Config& config,
    Findings& findings,
    Places& places
)
{
    auto document = read_yaml(text);
    for (auto& [line, column, path, message] : document.problems)
        findings.add({std::string(name), line, column}, path, std::move(message));
    if (document.complete) read_settings(document.root, name, variables, config, findings, places);
}

Assignments command_line(const ConfigSources& sources)
{
    Assignments out;
    const auto add = [&](const char* setting, const char* flag, std::string value) {
        out[setting] = {std::move(value), {concat("command line ", flag), 0, 0}};
    };
    if (!sources.listen.empty()) {
        std::string addresses;
        for (const auto& address : sources.listen)
            addresses += concat(addresses.empty() ? "" : ",", address);
        add("server.listen", "--listen", std::move(addresses));
    }
    if (sources.log_level) add("log.level", "--log-level", *sources.log_level);
    if (sources.workers) add("server.workers", "--workers", std::to_string(*sources.workers));
    return out;
}

std::string to_text(const Place& place)
{
    return place.line == 0 ? place.source : concat(place.source, ":", std::to_string(place.line));
}

}  // namespace

std::expected<LoadedConfig, ConfigErrors> load_config_text(
    std::string_view text, std::string_view name, const ConfigSources& sources
)
{
    LoadedConfig loaded;
    auto& config = loaded.config;
    Findings findings;
    Places places;

    const auto variables = gather_variables(sources, loaded.warnings);
    read_file_settings(text, name, variables, config, findings, places);
    if (!findings.empty() && !places.contains(""))
        return std::unexpected(findings.lines());  // not even a map
    complete_providers(config, sources.provider_types);
    assign_settings(
        assignments_of(variables, config.providers, findings), config, findings, places
    );
    read_otel_variables(variables, config.traces, places, loaded.warnings);
    assign_settings(command_line(sources), config, findings, places);
    if (sources.demo) add_demo(config, !sources.listen.empty(), places);
    complete_state_path(config, variables, places);
    add_auto_route(config);
    validate(config, sources.provider_types, places, findings, loaded.warnings);

    if (!findings.empty()) return std::unexpected(findings.lines());
    for (const auto& [path, place] : places) loaded.origins.emplace(path, to_text(place));
    return loaded;
}

std::expected<LoadedConfig, ConfigErrors> load_config(const ConfigSources& sources)
{
    if (!sources.file) return load_config_text("", "", sources);
    const auto text = read_text_file(*sources.file, max_config_file);
    if (!text) return std::unexpected(ConfigErrors{concat(*sources.file, ": ", text.error())});
    return load_config_text(*text, *sources.file, sources);
}

}  // namespace sluice
