#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace sluice::mistral {

/// What a chat model does about reasoning.
struct Reasoning {
    bool reasons = false;                       ///< takes thinking chunks back in later turns
    std::span<const std::string_view> efforts;  ///< accepted, weakest first; empty: takes no effort
};
/// By how the model's id begins; a model not known is taken not to reason.
Reasoning reasoning_of(std::string_view model);

/// The sizes of vector an embedding model can give.
struct Dimensions {
    std::int64_t fixed = 0;    ///< 0: the caller chooses
    std::int64_t largest = 0;  ///< 0: not known
};
Dimensions dimensions_of(std::string_view model);

}  // namespace sluice::mistral
