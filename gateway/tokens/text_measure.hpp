#pragma once

#include "tokens/encoding.hpp"
#include "tokens/estimate.hpp"

#include <cstdint>
#include <string_view>

namespace sluice {

/// Counts texts by an encoding where its ranks are there, else by the estimate for it.
class TextMeasure {
public:
    /// No encoding: estimates. One must outlive the measure.
    TextMeasure(EncodingKind kind, const Encoding* encoding) : kind_(kind), encoding_(encoding) {}

    std::int64_t tokens(std::string_view text) const
    {
        return encoding_ ? encoding_->count(text) : estimate_tokens(kind_, text);
    }

private:
    EncodingKind kind_;
    const Encoding* encoding_;
};

}  // namespace sluice
