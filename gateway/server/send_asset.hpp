#pragma once

#include "server/assets.hpp"
#include "server/visit.hpp"

#include <string_view>

namespace sluice {

/// Answers with the asset, compressed where the client takes that; 304 to whoever has it.
/// content_policy: the Content-Security-Policy.
Task<Result<void>> send_asset(Visit& visit, const Asset& asset, std::string_view content_policy);

}  // namespace sluice
