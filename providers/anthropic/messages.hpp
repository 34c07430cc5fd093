#pragma once

#include "core/chat.hpp"
#include "core/error.hpp"

#include <boost/json/array.hpp>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::anthropic {

/// What is said, in the two places that Anthropic has for it.
struct Conversation {
    boost::json::array system;  ///< text blocks
    boost::json::array messages;
};

/// The messages of a chat request as Anthropic takes them: system messages apart, the results of a
/// round of tool calls together in one user message right after it, each call behind the thoughts
/// that the replays keep for it. What cannot be said is ErrorKind::unfit at its path; what is left
/// out or moved adds a warning.
Result<Conversation> translate_messages(
    const boost::json::array& messages,
    std::span<const Replay> replays,
    std::string_view model,
    std::vector<std::string>& warnings
);

}  // namespace sluice::anthropic
