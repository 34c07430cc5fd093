#pragma once

#include "core/chat.hpp"
#include "core/deployment.hpp"
#include "core/error.hpp"

#include <boost/json/object.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace sluice::gemini {

/// True for the fields of a chat request that generation_config looks at.
bool is_generation_field(std::string_view name);

/// The generationConfig for a chat request; empty where nothing is asked for. What is left out or
/// clamped adds a warning.
Result<boost::json::object> generation_config(
    const boost::json::object& given,
    const ChatRequest& chat,
    const Deployment& deployment,
    std::vector<std::string>& warnings
);

}  // namespace sluice::gemini
