#pragma once

#include <string>
#include <string_view>

namespace sluice {

/// A file of ui/dist, which is part of the program.
struct Asset {
    std::string_view name;  ///< "index.html"
    std::string_view bytes;
    std::string_view gzipped;  ///< empty: there is none
    std::string_view type;
    std::string etag;  ///< quoted and strong; the compressed form's ends in "-gz"
    bool hashed;       ///< its name changes with its content
};

/// nullptr where there is none of that name.
const Asset* find_asset(std::string_view name);

}  // namespace sluice
