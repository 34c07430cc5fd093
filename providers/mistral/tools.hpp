#pragma once

#include "core/error.hpp"

#include <boost/json/object.hpp>

#include <string_view>

namespace sluice::mistral {

/// Puts the chat request's tools and tool_choice into the body as Mistral takes them. It has no
/// choice among allowed tools, so the others are not offered at all.
Result<void> add_tools(
    const boost::json::object& chat, std::string_view model, boost::json::object& body
);

}  // namespace sluice::mistral
