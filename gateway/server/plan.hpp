#pragma once

#include "server/visit.hpp"

namespace sluice {

/// The targets for this provider's or route's name (empty: whichever the model is known for) and
/// model; the deadline of the whole request is set by the first one's.
Result<Plan> make_plan(
    Visit& visit, std::string_view name, std::string_view model, Operation operation
);

}  // namespace sluice
