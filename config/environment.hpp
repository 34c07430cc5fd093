#pragma once

#include "config/assignments.hpp"
#include "config/findings.hpp"
#include "config/variables.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// The environment with what the .env file adds to it. A .env that cannot be read, or lines of it,
/// give warnings: it may be another program's.
Variables gather_variables(const ConfigSources& sources, std::vector<std::string>& warnings);

/// The part of a provider's variables that its name gives: "my-llm" -> "MY_LLM".
std::string variable_prefix(std::string_view provider_name);

/// What the variables say about the settings: setting path -> value. providers: names of those
/// there are.
Assignments assignments_of(
    const Variables& variables, const std::vector<ProviderConfig>& providers, Findings& findings
);

}  // namespace sluice
