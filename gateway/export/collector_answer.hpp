#pragma once

#include "core/http.hpp"
#include "core/time.hpp"

#include <cstddef>
#include <optional>

namespace sluice {

/// What a collector made of a batch, as OTLP over HTTP lays it down.
struct CollectorAnswer {
    enum class Verdict { taken, later, refused };
    Verdict verdict = Verdict::refused;
    std::optional<milliseconds> retry_after{};  ///< of `later`, where it says so
    std::size_t rejected = 0;                   ///< of `taken`: spans it did not take
};

CollectorAnswer read_collector_answer(const HttpResponse& response);

}  // namespace sluice
