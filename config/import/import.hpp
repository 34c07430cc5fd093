#pragma once

#include "config/import/draft.hpp"
#include "config/yaml_reader.hpp"

#include <array>
#include <expected>
#include <string>
#include <string_view>

/// Other gateways' configuration -> ours.
namespace sluice {

inline constexpr std::array import_tools{"litellm", "portkey", "bifrost"};

/// tool: one of import_tools. name: what the text's file is called. Error: why the text could not
/// be read at all.
std::expected<ImportedConfig, std::string> import_config(
    std::string_view tool, std::string_view text, std::string_view name
);
/// The same with the file read first.
std::expected<ImportedConfig, std::string> import_file(
    std::string_view tool, const std::string& path
);

// A reader for each, in a file of its own.
void read_litellm(const YamlNode& root, ImportDraft& draft);
void read_portkey(const YamlNode& root, ImportDraft& draft);
void read_bifrost(const YamlNode& root, ImportDraft& draft);

}  // namespace sluice
