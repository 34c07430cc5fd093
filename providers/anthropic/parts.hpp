#pragma once

#include "core/error.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace sluice::anthropic {

/// Who says it: only users and tools may show more than text.
enum class Speaker { system, user, assistant };

/// The content of a chat message as blocks, its cache_control (or that of its parts) with them.
/// Texts of nothing are left out, as Anthropic refuses them. ErrorKind::unfit, with the part's
/// path, for a part that it has no block for.
Result<boost::json::array> content_blocks(
    const boost::json::object& message,
    const std::string& path,
    Speaker speaker,
    std::string_view model,
    std::vector<std::string>& warnings
);

/// Marks a block as the caller marked what it was made of.
void copy_cache_control(const boost::json::object& from, boost::json::object& block);

}  // namespace sluice::anthropic
