#pragma once

#include "server/visit.hpp"

namespace sluice {

/// The targets for this visit's {provider} and model; the deadline of the whole request is set by
/// the first one's.
Result<Plan> make_plan(Visit& visit, std::string_view model, Operation operation);

}  // namespace sluice
