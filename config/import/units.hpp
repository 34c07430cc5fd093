#pragma once

#include "config/config.hpp"
#include "config/import/foreign.hpp"

#include <optional>
#include <string>
#include <string_view>

/// Their units -> ours.
namespace sluice {

inline constexpr double max_seconds = 86'400;  ///< what our durations may be

milliseconds seconds_to_duration(double seconds);
/// Within bounds; what is no whole number is cut off behind the point.
std::optional<int> whole(ForeignMap& map, std::string_view key, int min, int max);
/// Of a price for one token: US dollars for a million, without the noise of binary fractions.
std::optional<double> per_million(std::optional<double> price);
/// Bytes, within what a body may be.
std::size_t megabytes(double count);
/// The text, or nothing where it cannot stand in a header.
std::string header_text(std::string text);

}  // namespace sluice
