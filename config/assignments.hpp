#pragma once

#include "config/findings.hpp"

#include <map>
#include <string>

namespace sluice {

/// A value that comes from elsewhere than the file, and for which setting.
struct Assignment {
    std::string value;
    Place place;
};
/// Setting path -> value.
using Assignments = std::map<std::string, Assignment>;

/// Sets them in config; every path must be a setting's.
void assign_settings(
    const Assignments& assignments, Config& config, Findings& findings, Places& places
);

}  // namespace sluice
