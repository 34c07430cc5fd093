#pragma once

#include "tokens/splitter.hpp"

#include <cstdint>
#include <string_view>

namespace sluice {

/// How many tokens an encoding would make of the text, without its ranks: at least as many as it
/// really does for prose in any of the larger languages, source code, JSON and emoji (English and
/// code come out a third to two thirds too high), not for noise.
std::int64_t estimate_tokens(EncodingKind kind, std::string_view text);

}  // namespace sluice
