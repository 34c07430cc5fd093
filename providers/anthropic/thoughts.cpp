#include "providers/anthropic/thoughts.hpp"

#include "core/json.hpp"
#include "providers/tree.hpp"

#include <algorithm>
#include <utility>

namespace sluice::anthropic {

using boost::json::array;
using boost::json::object;
using tree::string_at;

namespace {

bool is_whole(const object& block)
{
    const auto type = string_at(block, "type");
    if (type == "thinking")
        return tree::has(block, "thinking") && !string_at(block, "signature").empty();
    return type == "redacted_thinking" && !string_at(block, "data").empty();
}

}  // namespace

void Thoughts::add(object block)
{
    if (!is_whole(block)) return;
    for (const auto& member : block) bytes_ += tree::string_in(member.value()).size();
    if (bytes_ > most_thought_bytes)
        blocks_.clear();
    else
        blocks_.push_back(std::move(block));
}

std::string Thoughts::take()
{
    bytes_ = 0;
    const auto blocks = std::exchange(blocks_, {});
    return blocks.empty() ? std::string() : json::serialize(blocks);
}

array thoughts_before(std::span<const Replay> replays, std::string_view call_id)
{
    for (const auto& replay : replays) {
        if (replay.provider_type != provider_type || replay.call_id != call_id) continue;
        auto kept = json::parse_tree(replay.json_text);
        auto* blocks = kept ? kept->if_array() : nullptr;
        if (blocks && std::ranges::all_of(*blocks, is_whole, tree::object_in))
            return std::move(*blocks);
    }
    return {};
}

bool has_lost_thoughts(const array& messages, std::span<const Replay> replays)
{
    bool open = false;
    for (std::size_t i = messages.size(); i-- > 0;) {
        const auto& message = tree::object_in(messages[i]);
        const auto role = string_at(message, "role");
        if (role == "tool") {
            open = true;
        } else if (role == "assistant") {
            if (!open) return false;  // the last round has been answered
            for (const auto& call : tree::array_at(message, "tool_calls"))
                if (!thoughts_before(replays, string_at(tree::object_in(call), "id")).empty())
                    return false;
        } else if (role == "user" && open) {
            break;  // where the round began
        }
    }
    return open;
}

}  // namespace sluice::anthropic
