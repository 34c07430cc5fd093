#pragma once

#include "core/error.hpp"

#include <boost/json/value.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace sluice::mistral {

/// A message's content as Mistral takes it: text, or an array of its chunks; none becomes "".
/// ErrorKind::unfit, with the part's path, for a part that it has no chunk for.
Result<boost::json::value> translate_content(
    const boost::json::value* content,
    const std::string& path,
    std::string_view model,
    std::vector<std::string>& warnings
);

}  // namespace sluice::mistral
