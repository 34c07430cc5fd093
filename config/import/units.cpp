#include "config/import/units.hpp"

#include <algorithm>
#include <cmath>

namespace sluice {

milliseconds seconds_to_duration(double seconds)
{
    return milliseconds(std::max(1LL, std::llround(seconds * 1000)));
}

std::optional<int> whole(ForeignMap& map, std::string_view key, int min, int max)
{
    const auto value = map.number(key, min, max);
    return value ? std::optional(static_cast<int>(*value)) : std::nullopt;
}

std::optional<double> per_million(std::optional<double> price)
{
    if (!price) return std::nullopt;
    return std::round(*price * 1e12) / 1e6;
}

std::size_t megabytes(double count)
{
    constexpr double mebi = 1 << 20;
    return static_cast<std::size_t>(std::clamp(count * mebi, 1024.0, 1024 * mebi));
}

std::string header_text(std::string text)
{
    const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
    const bool fits =
        std::ranges::none_of(text, control) && !text.starts_with(' ') && !text.ends_with(' ');
    return fits ? text : std::string();
}

}  // namespace sluice
