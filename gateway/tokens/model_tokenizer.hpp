#pragma once

#include "tokens/splitter.hpp"

#include <string_view>

namespace sluice {

/// How a model's tokens are counted: so many percent of those of an encoding.
struct ModelTokenizer {
    EncodingKind kind;
    int percent;
    bool known;  ///< the model is known to have this very encoding
};

/// By the longest known prefix of the model's name, behind "ft:" and an owner's "name/"; else by
/// the type of its provider.
ModelTokenizer tokenizer_of(std::string_view model, std::string_view provider_type);

}  // namespace sluice
