#pragma once

#include <span>
#include <string_view>

namespace sluice {

/// A file that is part of the program.
struct EmbeddedFile {
    std::string_view name;
    std::string_view bytes;
};

// The folders, as CMakeLists.txt names them with sluice_embed().
std::span<const EmbeddedFile> openapi_files();
std::span<const EmbeddedFile> ui_files();

}  // namespace sluice
