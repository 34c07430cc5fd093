#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sluice {

struct EnvLine {
    int line = 0;  ///< from 1
    std::string name;
    std::string value;
};

struct EnvFile {
    std::vector<EnvLine> lines;
    std::vector<int> malformed;  ///< numbers of lines that are no KEY=value
};

/// The text of a .env file: KEY=value, `export`, '...' as it stands, "..." with \n \t \" \\ \$, #
/// comments. Nothing is substituted.
EnvFile parse_env_file(std::string_view text);

}  // namespace sluice
