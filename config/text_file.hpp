#pragma once

#include <cstddef>
#include <expected>
#include <string>

namespace sluice {

/// A regular file's bytes. The error completes "<path> ...": "cannot be read: No such file or
/// directory".
std::expected<std::string, std::string> read_text_file(
    const std::string& path, std::size_t max_size
);

}  // namespace sluice
