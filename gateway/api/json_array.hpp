#pragma once

#include <string>
#include <utility>

namespace sluice {

/// Appends an array of what write appends for each element.
template <class Elements, class Write>
void append_array(std::string& out, const Elements& elements, Write write)
{
    out += '[';
    const char* comma = "";
    for (const auto& element : elements) {
        out += std::exchange(comma, ",");
        write(element);
    }
    out += ']';
}

}  // namespace sluice
