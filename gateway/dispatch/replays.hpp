#pragma once

#include "core/chat.hpp"

#include <cstddef>
#include <list>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace sluice {

/// What providers want back with the tool calls they made, kept until the caller answers them.
/// Bounded: the oldest are forgotten first, and a provider then gets a request without. Shared by
/// all workers.
class Replays {
public:
    explicit Replays(std::size_t max_bytes = std::size_t{32} << 20) : max_bytes_(max_bytes) {}

    /// caller: only the same gets it back.
    void remember(std::string_view caller, Replay replay);
    /// Those of these calls that are known.
    std::vector<Replay> recall(std::string_view caller, std::span<const std::string> call_ids);

private:
    struct Kept {
        std::string key;
        Replay replay;
        std::size_t size() const { return 2 * key.size() + replay.json_text.size() + 128; }
    };

    std::size_t max_bytes_;
    std::mutex mutex_;
    std::size_t bytes_ = 0;
    std::list<Kept> kept_;  // oldest first
    std::unordered_map<std::string_view, std::list<Kept>::iterator> by_key_;

    void forget(std::list<Kept>::iterator kept);
};

/// Collects the replays of one stream, whose fragments may bring a call's id and its replay apart.
class ReplayCollector {
public:
    void see(const ChatDelta& delta);
    struct Found {
        std::string call_id;
        std::string json_text;
    };
    std::vector<Found> take() { return std::move(found_); }

private:
    struct Seen {
        int choice;
        int call;
        std::string id;
    };
    std::vector<Seen> seen_;
    std::vector<Found> found_;
};

}  // namespace sluice
