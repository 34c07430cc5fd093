#pragma once

#include <span>
#include <string_view>

namespace sluice {

struct EmbeddedFile {
    std::string_view name;
    std::string_view bytes;
};

/// The files of ui/dist; CMakeLists.txt writes the table.
std::span<const EmbeddedFile> embedded_files();

}  // namespace sluice
