#pragma once

#include "config/findings.hpp"

#include <span>
#include <string>
#include <vector>

namespace sluice {

/// The rules across settings and about what texts must look like. Reports all breaches at once.
void validate(
    const Config& config,
    std::span<const std::string> provider_types,
    const Places& places,
    Findings& findings,
    std::vector<std::string>& warnings
);

}  // namespace sluice
