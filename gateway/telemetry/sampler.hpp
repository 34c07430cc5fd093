#pragma once

#include "core/ids.hpp"

#include <optional>
#include <string_view>

namespace sluice {

/// Which requests are traced, as OpenTelemetry's samplers of the same names decide.
class Sampler {
public:
    /// name: one of the setting's words. ratio: for those that take one.
    Sampler(std::string_view name, double ratio);

    /// parent: where the caller is in the trace; nullopt: the trace begins here.
    bool operator()(std::string_view trace_id, const std::optional<TraceContext>& parent) const;

private:
    enum class Root { on, off, ratio };
    bool parent_based_;
    Root root_;
    double ratio_;
};

}  // namespace sluice
