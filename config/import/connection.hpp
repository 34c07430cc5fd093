#pragma once

#include "config/config.hpp"
#include "config/import/report.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What all gateways say of a provider, each in its own words: which it is, where, and with which
/// key.
namespace sluice {

struct ForeignConnection {
    std::string path;      ///< for the report
    std::string provider;  ///< their word for it
    std::string base_url;  ///< as it stands there; empty: none
    std::string key;       ///< likewise
    std::string key_path;
    std::string api_version;           ///< Azure's
    std::string_view variable_prefix;  ///< what stands before a variable's name: os.environ/
    bool versionless = false;          ///< its base_url never has /v1
};

/// A header whose value stood in the file. In ProviderConfig::headers its digest keeps the place
/// until the provider, and with it the variable, has a name.
struct HiddenHeader {
    std::string name;
    std::string digest;
    std::string path;
};

/// A provider without a name as yet. Texts are spelled as in our file: ${VAR} is a variable.
struct DraftProvider {
    std::string wish;          ///< the name it would like
    ProviderConfig config;     ///< without name and api_key
    std::string key_variable;  ///< holds the key; empty: the variable named after the provider
    std::string key_digest;    ///< of a key that stood in the file: two keys are two providers
    bool keyless = false;      ///< works without a key
    std::vector<std::string> key_paths;  ///< where keys stood in the file
    std::vector<HiddenHeader> hidden_headers;
};

/// nullopt where Sluice has no way to call it, which is reported.
std::optional<DraftProvider> connect(const ForeignConnection& given, ImportReport& report);

/// A text of theirs as our file spells it: os.environ/X becomes ${X}, a literal ${ becomes $${.
std::string our_text(std::string_view text, std::string_view variable_prefix);
/// X of os.environ/X; empty where the text is none such.
std::string_view variable_in(std::string_view text, std::string_view variable_prefix);

/// Adds a header. A value is copied only where its name and its form say that it is no secret.
void add_header(
    DraftProvider& provider,
    const std::string& path,
    const std::string& name,
    const std::string& value,
    std::string_view variable_prefix,
    ImportReport& report
);

}  // namespace sluice
