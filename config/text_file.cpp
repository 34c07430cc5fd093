#include "config/text_file.hpp"

#include "core/error.hpp"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace sluice {

std::expected<std::string, std::string> read_text_file(
    const std::string& path, std::size_t max_size
)
{
    std::error_code error;
    const auto status = std::filesystem::status(path, error);
    if (error) return std::unexpected(concat("cannot be read: ", error.message()));
    if (std::filesystem::is_directory(status)) return std::unexpected("is a directory");
    if (!std::filesystem::is_regular_file(status)) return std::unexpected("is no regular file");

    errno = 0;
    std::ifstream file(path, std::ios::binary);
    std::string text(max_size + 1, '\0');
    if (!file.read(text.data(), static_cast<std::streamsize>(text.size())) && !file.eof())
        return std::unexpected(concat("cannot be read: ", std::generic_category().message(errno)));
    text.resize(static_cast<std::size_t>(file.gcount()));
    if (text.size() > max_size)
        return std::unexpected(concat("is larger than ", std::to_string(max_size), " bytes"));
    return text;
}

}  // namespace sluice
