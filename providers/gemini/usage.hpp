#pragma once

#include "core/chat.hpp"

#include <boost/json/object.hpp>

#include <optional>

namespace sluice::gemini {

/// A usageMetadata; nullopt where it counts nothing.
std::optional<Usage> read_usage(const boost::json::object& metadata);

}  // namespace sluice::gemini
