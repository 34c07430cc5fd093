// A line with a tool's name, then any bytes as its configuration: a reason why not, or a
// configuration that loads, the same each time.

#include "../unit/config/importing.hpp"
#include "config/import/import.hpp"
#include "config/load.hpp"
#include "require.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace sluice;
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const auto line = std::min(input.find('\n'), input.size());
    const auto tool = input.substr(0, line);
    const auto text = input.substr(std::min(line + 1, input.size()));
    if (std::ranges::find(import_tools, tool) == import_tools.end()) return 0;

    const auto imported = import_config(tool, text, "config");
    if (!imported) {
        require(!imported.error().empty());
        return 0;
    }
    const auto again = import_config(tool, text, "config");
    require(again->yaml == imported->yaml && again->report == imported->report);
    require(!imported->report.contains('\x1b'));
    if (imported->yaml.empty()) return 0;

    ConfigSources sources;
    sources.env_file = "";
    sources.environment = test::values_for(imported->yaml);
    require(load_config_text(imported->yaml, "imported.yaml", sources).has_value());
    return 0;
}
