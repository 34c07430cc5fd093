#pragma once

#include "core/error.hpp"
#include "core/task.hpp"

#include <string_view>

namespace sluice {

/// A body that is produced piece by piece, so that nobody holds all of it. Whoever reads slowly
/// slows whoever produces.
class BodySource {
public:
    virtual ~BodySource() = default;
    /// The next piece; empty: the end. The view lives until the next call.
    virtual Task<Result<std::string_view>> read() = 0;
    /// Ends a read() under way, and all later ones, with ErrorKind::cancelled.
    virtual void stop() = 0;
};

}  // namespace sluice
