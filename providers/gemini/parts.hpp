#pragma once

#include "core/error.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace sluice::gemini {

/// A message's content as parts; none for null and for empty text. ErrorKind::unfit, with the
/// part's path, for a part that Gemini has nothing like.
Result<boost::json::array> translate_content(
    const boost::json::value* content,
    const std::string& path,
    std::string_view model,
    std::vector<std::string>& warnings
);

/// Content that may be text only, one line a part. ErrorKind::unfit for any other part.
Result<std::string> text_of_content(
    const boost::json::value* content, const std::string& path, std::string_view model
);

}  // namespace sluice::gemini
