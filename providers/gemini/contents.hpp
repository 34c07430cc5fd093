#pragma once

#include "core/chat.hpp"
#include "core/error.hpp"

#include <boost/json/array.hpp>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::gemini {

struct Conversation {
    boost::json::array system;    ///< parts of the systemInstruction; may be empty
    boost::json::array contents;  ///< turns of the user and the model
};

/// The messages of a chat request as Gemini takes them: what one side says in a row is one turn,
/// tool calls and results are parts, and each call has the signature that came with it. What cannot
/// be said is ErrorKind::unfit at its path; what is left out or moved adds a warning.
Result<Conversation> translate_messages(
    const boost::json::array& messages,
    std::span<const Replay> replays,
    std::string_view model,
    std::vector<std::string>& warnings
);

}  // namespace sluice::gemini
