#pragma once

#include "config/findings.hpp"
#include "config/variables.hpp"
#include "config/yaml_reader.hpp"

#include <string_view>

namespace sluice {

/// Fills config with what the file says. Whatever does not belong is found, with its place;
/// `places` gets the place of every setting and of every map around it.
void read_settings(
    const YamlNode& root,
    std::string_view file,
    const Variables& variables,
    Config& config,
    Findings& findings,
    Places& places
);

}  // namespace sluice
