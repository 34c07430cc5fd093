#pragma once

#include "admission/authenticator.hpp"
#include "config/config.hpp"
#include "config/model_table.hpp"
#include "routing/router.hpp"

#include <utility>

namespace sluice {

/// One configuration with all that is derived from it. Immutable; a reload makes another. A request
/// copies the worker's pointer once, so that its own stays as it began.
struct Snapshot {
    Snapshot(Config loaded, Targets& targets, const ModelTable& models, Limiter& limiter)
        : config(std::move(loaded)),
          authenticator(config.auth, limiter),
          router(config, targets, models)
    {
    }
    Snapshot(const Snapshot&) = delete;
    Snapshot& operator=(const Snapshot&) = delete;

    const Config config;
    const Authenticator authenticator;
    const Router router;
};

}  // namespace sluice
