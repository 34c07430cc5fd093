#pragma once

#include "core/error.hpp"

#include <boost/json/array.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace sluice::openai {

/// The messages of a chat request as input items, in their order. What has no item is
/// ErrorKind::unfit at its path; what is left out adds a warning.
Result<boost::json::array> translate_to_items(
    const boost::json::array& messages, std::string_view model, std::vector<std::string>& warnings
);

}  // namespace sluice::openai
