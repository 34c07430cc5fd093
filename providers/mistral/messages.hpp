#pragma once

#include "core/error.hpp"

#include <boost/json/array.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace sluice::mistral {

/// The messages of a chat request as Mistral takes them: each of a closed set of fields, system
/// messages first, tool call ids of nine characters, no user straight after a tool. What cannot be
/// said is ErrorKind::unfit at its path; what is left out or moved adds a warning.
Result<boost::json::array> translate_messages(
    const boost::json::array& messages, std::string_view model, std::vector<std::string>& warnings
);

}  // namespace sluice::mistral
