#pragma once

#include <string_view>

namespace sluice {

/// What other gateways call a provider, and what it is here.
struct KnownProvider {
    std::string_view word;      ///< theirs, with _ for -
    std::string_view name;      ///< what it is called here
    std::string_view type;      ///< empty: there is none for it
    std::string_view base_url;  ///< empty: the type's own, or the file must say it
    bool keyless = false;       ///< usually works without a key
};

/// Any spelling: together_ai, together-ai. nullptr: nobody here has heard of it.
const KnownProvider* known_provider(std::string_view word);

}  // namespace sluice
