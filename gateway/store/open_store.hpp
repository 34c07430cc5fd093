#pragma once

#include "config/config.hpp"
#include "store/store.hpp"

#include <memory>

namespace sluice {

/// The store that the configuration asks for. Blocking; for start-up only. Error: internal, naming
/// path and reason.
Result<std::unique_ptr<Store>> open_store(const StateConfig& config);

}  // namespace sluice
