#pragma once

#include <atomic>

namespace sluice {

/// Where the process stands in its life, for readiness and for last words.
struct Lifecycle {
    std::atomic<bool> ready{false};     ///< started: listeners are open
    std::atomic<bool> draining{false};  ///< told to end; streams may go on for a while
    std::atomic<bool> stopping{false};  ///< the grace is over: what still runs is broken off
};

}  // namespace sluice
