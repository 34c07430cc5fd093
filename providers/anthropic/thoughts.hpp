#pragma once

#include "core/chat.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

/// Blocks of thinking on their way through a client that has no field for them: each tool call
/// carries those that came since the call before it (Replay).
namespace sluice::anthropic {

inline constexpr std::string_view provider_type = "anthropic";
/// A longer chain of thoughts is not kept.
inline constexpr std::size_t most_thought_bytes = std::size_t{64} << 10;

/// Gathers the blocks of an answer.
class Thoughts {
public:
    /// A thinking block counts with its signature only: without one it cannot be sent back.
    void add(boost::json::object block);
    /// The blocks gathered since the last call, as a Replay's text; empty where there are none, or
    /// too many.
    std::string take();

private:
    boost::json::array blocks_;
    std::size_t bytes_ = 0;  // of their texts
};

/// The blocks that belong before this tool call; empty where they are not known.
boost::json::array thoughts_before(std::span<const Replay> replays, std::string_view call_id);

/// True where the messages end within a round of tool calls none of which has known thoughts. The
/// model must not think on in such a round: its turn would have to begin with them.
bool has_lost_thoughts(const boost::json::array& messages, std::span<const Replay> replays);

}  // namespace sluice::anthropic
