#include "core/http.hpp"

namespace sluice {

void HeaderBlock::end()
{
    // A line break in a value would end the field, and what follows would be the writer's to
    // choose. It hardly ever stands there, so the look for it has no branch that ends it early.
    constexpr auto breaks = [](char c) { return c == '\r' || c == '\n' || c == '\0'; };
    bool broken = false;
    for (auto at = value_; at < text_.size(); ++at) broken |= breaks(text_[at]);
    for (auto at = value_; broken && at < text_.size(); ++at)
        if (breaks(text_[at])) text_[at] = ' ';
    text_ += "\r\n";
}

}  // namespace sluice
