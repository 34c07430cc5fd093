#include "dispatch/replays.hpp"

#include <algorithm>
#include <utility>

namespace sluice {

namespace {

std::string key_of(std::string_view caller, std::string_view call_id)
{
    std::string key(caller);
    key += '\n';  // stands in no name
    key += call_id;
    return key;
}

}  // namespace

void Replays::remember(std::string_view caller, Replay replay)
{
    Kept kept{.key = key_of(caller, replay.call_id), .replay = std::move(replay)};
    if (kept.size() > max_bytes_) return;
    const std::scoped_lock lock(mutex_);
    if (const auto same = by_key_.find(kept.key); same != by_key_.end()) forget(same->second);
    while (bytes_ + kept.size() > max_bytes_) forget(kept_.begin());
    bytes_ += kept.size();
    kept_.push_back(std::move(kept));
    by_key_.emplace(kept_.back().key, std::prev(kept_.end()));
}

std::vector<Replay> Replays::recall(std::string_view caller, std::span<const std::string> call_ids)
{
    std::vector<Replay> found;
    const std::scoped_lock lock(mutex_);
    for (const auto& id : call_ids)
        if (const auto kept = by_key_.find(key_of(caller, id)); kept != by_key_.end())
            found.push_back(kept->second->replay);
    return found;
}

void Replays::forget(std::list<Kept>::iterator kept)
{
    bytes_ -= kept->size();
    by_key_.erase(kept->key);
    kept_.erase(kept);
}

void ReplayCollector::see(const ChatDelta& delta)
{
    for (const auto& choice : delta.choices) {
        for (const auto& call : choice.tool_calls) {
            if (!call.id.empty()) seen_.push_back({choice.index, call.index, call.id});
            if (call.replay.empty()) continue;
            const auto named = std::ranges::find_if(seen_, [&](const Seen& seen) {
                return seen.choice == choice.index && seen.call == call.index;
            });
            if (named != seen_.end()) found_.push_back({named->id, call.replay});
        }
    }
}

}  // namespace sluice
