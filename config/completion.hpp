#pragma once

#include "config/findings.hpp"
#include "config/variables.hpp"

#include <span>
#include <string>

/// What a configuration has although nobody wrote it.
namespace sluice {

/// Without any provider: openai and mistral. A provider without a type whose name is a type's has
/// that.
void complete_providers(Config& config, std::span<const std::string> provider_types);

/// --demo: the providers mock and mock_failing, and a route auto over them that fails over, retries
/// and opens a breaker within seconds. What the file says under the same names stays. Listens on
/// loopback only, unless listen_given. Keeps its state in memory, unless the file says where.
void add_demo(Config& config, bool listen_given, Places& places);

/// The file for the state, where none was named: in the directory that systemd gives the service,
/// else in data/ below the working directory.
void complete_state_path(Config& config, const Variables& variables, Places& places);

/// The route auto, where nothing has that name: every provider that has a key or needs none, in
/// order; all of them where that is none.
void add_auto_route(Config& config);

}  // namespace sluice
