#pragma once

#include "server/head_guard.hpp"

#include <string>
#include <string_view>

namespace sluice {

/// The JSON body for a request that no handler answered, in the form of the surface that its head
/// asks for, as far as there is a head.
std::string refusal_body(
    const HeadRefusal& refusal, std::string_view head, std::string_view request_id
);

}  // namespace sluice
