#pragma once

#include <string>
#include <string_view>

namespace sluice::html {

/// Fit for text and for quoted attributes.
std::string escaped(std::string_view text);

/// Prose in which `code` and **strong** words stand, as HTML.
std::string inline_text(std::string_view prose);

/// Likewise, a <p> for each of its paragraphs.
std::string paragraphs(std::string_view prose);

}  // namespace sluice::html
