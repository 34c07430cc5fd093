// Any bytes as a configuration file: findings, or a configuration that prints as one that loads as
// the same.

#include "config/load.hpp"
#include "require.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace sluice;
    ConfigSources sources;
    sources.env_file = "";
    sources.environment = {{"KEY", "sk-secret"}, {"EMPTY", ""}};

    auto loaded =
        load_config_text({reinterpret_cast<const char*>(data), size}, "sluice.yaml", sources);
    if (!loaded) {
        require(!loaded.error().empty());
        return 0;
    }
    loaded->origins.clear();
    const auto printed = print_config(*loaded);
    auto again = load_config_text(printed, "printed.yaml", sources);
    require(again.has_value());
    again->origins.clear();
    require(print_config(*again) == printed);
    return 0;
}
