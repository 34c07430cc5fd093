#pragma once

#include "admission/gate.hpp"
#include "admission/limiter.hpp"
#include "dispatch/dispatcher.hpp"
#include "dispatch/model_lists.hpp"
#include "dispatch/replays.hpp"
#include "server/account.hpp"
#include "server/background.hpp"
#include "server/handler.hpp"
#include "server/lifecycle.hpp"
#include "server/snapshot.hpp"
#include "store/store.hpp"
#include "telemetry/activity.hpp"
#include "telemetry/metrics.hpp"
#include "tokens/token_counter.hpp"

#include <optional>
#include <string_view>

namespace sluice {

/// What a worker has for its requests. Some parts are the worker's own, some the whole process's.
struct Services {
    asio::io_context& context;
    Dispatcher& dispatcher;
    ModelLists& model_lists;
    Replays& replays;
    const TokenCounter& tokens;
    Store& store;
    Background& background;
    Metrics& metrics;
    const Activity& all_activity;  ///< of all workers
    ActivityLane& activity;        ///< this worker's part of it
    TraceQueue* traces;            ///< nullptr: nothing is traced
    Gate& gate;
    Lifecycle& lifecycle;
};

/// A request's place within its caller's limits, and among those being worked on.
struct Entrance {
    Admission admission{};
    std::optional<Permit> permit{};
};

/// One request with everything its handler works with.
struct Visit {
    Request& request;
    Responder& responder;
    Account& account;
    const Snapshot& snapshot;
    Services& services;
    std::size_t body_size = 0;       ///< of the request, which its handler may have taken
    std::string_view parameter{};    ///< what stands where the endpoint's path has a {name}
    const Caller* caller = nullptr;  ///< once it is known; lives as long as the snapshot
    Entrance entrance{};             ///< until the handler is done
    HeaderBlock headers{};           ///< of whatever response it becomes: request id, CORS, limits
};

}  // namespace sluice
