#pragma once

#include <string_view>

namespace sluice {

/// gen_ai.provider.name: the convention's word for who stands behind a provider of this type at
/// this host, else the name it was configured under.
std::string_view genai_provider(
    std::string_view type, std::string_view host, std::string_view configured_name
);

}  // namespace sluice
