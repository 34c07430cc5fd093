#include "config/environment.hpp"

#include "config/env_file.hpp"
#include "config/text_file.hpp"
#include "core/error.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <span>
#include <system_error>
#include <unistd.h>

namespace sluice {
namespace {

constexpr std::size_t max_env_file = 1 << 20;

/// A variable and the setting it sets; an older spelling stands below the one that wins over it.
struct VariableEntry {
    std::string_view variable;
    std::string_view setting;
};

constexpr std::array<VariableEntry, 8> global_variables{{
    {"SLUICE_LISTEN", "server.listen"},
    {"CORS_ORIGINS", "cors.origins"},
    {"OPENAI_CORS_ORIGINS", "cors.origins"},
    {"ENVIRONMENT", "environment"},
    {"OPENAI_ENVIRONMENT", "environment"},
    {"DEFAULT_MODEL", "defaults.model"},
    {"DEFAULT_MAX_TOKENS", "defaults.max_tokens"},
    {"DEFAULT_TEMPERATURE", "defaults.temperature"},
}};
/// Behind a provider's prefix, and below providers.<name>.
constexpr std::array<VariableEntry, 5> provider_variables{{
    {"_API_KEY", "api_key"},
    {"_BASE_URL", "base_url"},
    {"_DEFAULT_MODEL", "default_model"},
    {"_DEFAULT_MAX_TOKENS", "default_max_tokens"},
    {"_DEFAULT_TEMPERATURE", "default_temperature"},
}};
/// Only of the provider named openai.
constexpr std::array<VariableEntry, 5> openai_variables{{
    {"_ORG", "organization"},
    {"_PROJECT", "project"},
    {"_MODEL", "default_model"},
    {"_MAX_OUTPUT_TOKENS", "default_max_tokens"},
    {"_TEMPERATURE", "default_temperature"},
}};

/// Empty counts as unset: compose files pass variables on that nobody set.
const Variable* find(const Variables& variables, std::string_view name)
{
    const auto found = variables.find(name);
    return found == variables.end() || found->second.value.empty() ? nullptr : &found->second;
}

/// Fills in the value; an older spelling yields to a newer one, and .env to the real environment.
void assign(Assignments& out, const std::string& setting, const Variable* variable)
{
    if (!variable) return;
    const auto [entry, added] =
        out.try_emplace(setting, Assignment{variable->value, variable->place});
    const bool was_from_file = entry->second.place.line > 0,
               is_from_file = variable->place.line > 0;
    if (!added && was_from_file && !is_from_file)
        entry->second = {variable->value, variable->place};
}

/// One way to give a key: a file whose path is known.
struct KeyFile {
    std::string path;
    Place place;
};

/// Why it is not known what is there; no_such_file_or_directory: nothing is.
std::error_code obstacle(const std::string& path)
{
    std::error_code error;
    (void)std::filesystem::status(path, error);
    return error;
}

std::vector<KeyFile> key_files(
    const Variables& variables, const std::string& name, Findings& findings
)
{
    std::vector<KeyFile> out;
    if (const auto* file = find(variables, concat(name, "_FILE")))
        out.push_back({file->value, file->place});
    if (const auto* directory = find(variables, "CREDENTIALS_DIRECTORY")) {
        std::string lower = name;
        std::ranges::transform(lower, lower.begin(), [](char c) {
            return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
        });
        for (const auto& credential : {name, lower}) {
            const auto path = concat(directory->value, "/", credential);
            const Place place{"credential " + credential, 0, 0};
            const auto error = obstacle(path);
            if (!error) out.push_back({path, place});
            if (!error || error == std::errc::no_such_file_or_directory) continue;
            findings.add(place, name, concat(path, " cannot be read: ", error.message()));
            break;  // one finding for one key
        }
    }
    return out;
}

/// The key `name` from its variable, from the file that name_FILE tells, or from systemd's
/// credentials.
void assign_key(
    Assignments& out,
    const std::string& setting,
    const Variables& variables,
    const std::string& name,
    Findings& findings
)
{
    const auto* direct = find(variables, name);
    const auto files = key_files(variables, name, findings);
    if (files.size() + (direct ? 1 : 0) > 1) {
        findings.add(
            files.front().place,
            name,
            concat("gives the same key as ", direct ? name : files.back().path, "; set one of them")
        );
        return;
    }
    assign(out, setting, direct);
    for (const auto& [path, place] : files) {
        if (auto key = read_secret_file(path))
            out[setting] = {std::move(*key), place};
        else
            findings.add(place, name, std::move(key.error()));
    }
}

}  // namespace

std::map<std::string, std::string, std::less<>> process_environment()
{
    std::map<std::string, std::string, std::less<>> out;
    for (char** entry = environ; entry && *entry; ++entry) {
        const std::string_view text = *entry;
        if (const auto equals = text.find('='); equals != std::string_view::npos)
            out.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
    return out;
}

Variables gather_variables(const ConfigSources& sources, std::vector<std::string>& warnings)
{
    Variables out;
    for (const auto& [name, value] : sources.environment)
        out[name] = {value, {concat("environment ", name), 0, 0}};

    const auto& path = sources.env_file;
    if (path.empty() || obstacle(path) == std::errc::no_such_file_or_directory) return out;
    const auto text = read_text_file(path, max_env_file);
    if (!text) {
        std::error_code ignored;
        warnings.push_back(concat(
            path,
            " ",
            text.error(),
            "; nothing was read from it",
            std::filesystem::is_directory(path, ignored)
                ? " (Docker makes a directory where a file to be mounted does not exist)"
                : ""
        ));
        return out;
    }
    const auto file = parse_env_file(*text);
    for (const int line : file.malformed)
        warnings.push_back(
            concat(path, ":", std::to_string(line), ": not KEY=value; the line was skipped")
        );
    for (const auto& [line, name, value] : file.lines) {
        const auto known = out.find(name);
        const bool overridden =
            known != out.end() && known->second.place.line == 0 && !known->second.value.empty();
        if (!overridden) out[name] = {value, {path, line, 1}};
    }
    return out;
}

std::string variable_prefix(std::string_view provider_name)
{
    std::string out(provider_name);
    for (char& c : out) {
        if (c >= 'a' && c <= 'z')
            c = static_cast<char>(c - 32);
        else if (!(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9'))
            c = '_';
    }
    return out;
}

Assignments assignments_of(
    const Variables& variables, const std::vector<ProviderConfig>& providers, Findings& findings
)
{
    Assignments out;
    for (const auto& [variable, setting] : global_variables)
        assign(out, std::string(setting), find(variables, variable));

    for (const auto& provider : providers) {
        const auto prefix = variable_prefix(provider.name);
        const auto path = concat("providers.", provider.name, ".");
        for (const auto& [suffix, setting] : provider_variables)
            if (setting == "api_key")
                assign_key(out, concat(path, setting), variables, concat(prefix, suffix), findings);
            else
                assign(out, concat(path, setting), find(variables, concat(prefix, suffix)));
        if (provider.name == "openai")
            for (const auto& [suffix, setting] : openai_variables)
                assign(out, concat(path, setting), find(variables, concat(prefix, suffix)));
    }
    return out;
}

}  // namespace sluice
