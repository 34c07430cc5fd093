#pragma once

#include "core/error.hpp"
#include "core/task.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// One answer of /v1/responses with what led to it.
struct StoredResponse {
    std::string id;               ///< resp_…
    std::string caller;           ///< only this caller may read it; empty: without authentication
    std::string previous;         ///< id of the response that it continues; empty: none
    std::string input;            ///< JSON text: the array of this call's own input items
    std::string response;         ///< JSON text: the whole response object, output included
    std::int64_t created_at = 0;  ///< seconds since 1970

    bool operator==(const StoredResponse&) const = default;
    std::size_t bytes() const
    {
        return id.size() + caller.size() + previous.size() + input.size() + response.size();
    }
};

/// A conversation longer than this is refused: no model reads so much, and it has to fit in memory.
inline constexpr std::size_t max_conversation_links = 10'000;
inline constexpr std::size_t max_conversation_bytes = 64u << 20;

/// How long things are kept, and by which clock.
struct Retention {
    std::chrono::seconds keep = std::chrono::days(30);
    /// Seconds since 1970; called from any thread.
    std::function<std::int64_t()> now = [] {
        using Wall = std::chrono::system_clock;
        return std::int64_t{Wall::to_time_t(Wall::now())};
    };

    /// What was created before this moment is gone.
    std::int64_t horizon() const { return now() - keep.count(); }
};

/// What lasts beyond a request. One object serves all workers and never blocks one: whoever waits
/// is resumed on its own executor. What is older than its retention cannot be read any more.
///
/// Whoever is cancelled (terminal) while it waits leaves at once with ErrorKind::cancelled; what it
/// asked for is done all the same. Errors: internal (the storage failed; the next call tries
/// again), overloaded_here (too much is waiting already), cancelled.
class Store {
public:
    virtual ~Store() = default;

    /// Once it returns, every reader sees the response, and a store on disk keeps it through a
    /// crash of the process; a power cut may undo the last ones. One put again replaces what its
    /// caller had under that id. Also invalid_request: the id is another caller's.
    virtual Task<Result<void>> put(StoredResponse response) = 0;
    /// nullopt: there is none, or it is another caller's; nobody can tell the two apart.
    virtual Task<Result<std::optional<StoredResponse>>> response(
        std::string id, std::string caller
    ) = 0;
    /// The response and all that it continues, oldest first; nullopt where any of them is missing
    /// or another caller's. Also invalid_request: it is too long.
    virtual Task<Result<std::optional<std::vector<StoredResponse>>>> conversation(
        std::string id, std::string caller
    ) = 0;
    /// False: there was none, or it is another caller's.
    virtual Task<Result<bool>> erase(std::string id, std::string caller) = 0;

    virtual std::string_view kind() const = 0;  ///< as in state.store: "sqlite", "memory"
    /// False where the storage failed when it was last used. Safe from any thread.
    virtual bool up() const = 0;
};

}  // namespace sluice
