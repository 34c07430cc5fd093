#pragma once

#include <string>
#include <vector>

namespace sluice {

/// The settings as the documentation shows them.
struct SettingRow {
    std::string path;           ///< providers.<name>.retry.max_attempts, auth.keys[].name
    std::string kind;           ///< "duration, 1ms to 24h"
    std::string default_value;  ///< as YAML
    std::string about;
};

/// Every setting, in the order of the configuration file.
std::vector<SettingRow> settings_table();

}  // namespace sluice
