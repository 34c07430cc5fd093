#include "core/http.hpp"

#include <algorithm>
#include <span>

namespace sluice {

void HeaderBlock::end()
{
    // A line break in a value would end the field, and what follows would be the writer's to
    // choose. It hardly ever stands there, so the look for it has no branch that ends it early.
    constexpr auto breaks = [](char c) { return c == '\r' || c == '\n' || c == '\0'; };
    const std::span value(text_.data() + value_, text_.size() - value_);
    bool broken = false;
    for (const char c : value) broken |= breaks(c);
    if (broken) std::ranges::replace_if(value, breaks, ' ');
    text_ += "\r\n";
}

}  // namespace sluice
