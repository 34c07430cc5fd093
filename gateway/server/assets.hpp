#pragma once

#include <string>
#include <string_view>

namespace sluice {

/// What is the same for everybody as long as the process lives.
struct Asset {
    std::string_view name;  ///< "index.html"
    std::string_view bytes;
    std::string_view gzipped;  ///< empty: there is none
    std::string_view type;
    std::string etag;  ///< quoted and strong; the compressed form's ends in "-gz"
    bool hashed;       ///< its name changes with its content
};

std::string etag_of(std::string_view bytes);

/// A file of ui/dist; nullptr where there is none of that name.
const Asset* find_asset(std::string_view name);

}  // namespace sluice
