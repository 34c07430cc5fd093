#pragma once

#include "core/error.hpp"

#include <boost/json/object.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace sluice::gemini {

/// Puts the chat request's tools and tool_choice into the body as functionDeclarations and
/// toolConfig. ErrorKind::unfit for tools that are no functions.
Result<void> add_tools(
    const boost::json::object& chat,
    std::string_view model,
    boost::json::object& body,
    std::vector<std::string>& warnings
);

}  // namespace sluice::gemini
