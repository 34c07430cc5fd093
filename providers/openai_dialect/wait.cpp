#include "providers/openai_dialect/wait.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string>

namespace sluice::openai_dialect {
namespace {

using std::chrono::milliseconds;
using Wait = std::optional<milliseconds>;

/// Reads a number at the front of text and takes it off.
std::optional<double> take_number(std::string_view& text)
{
    double value = 0;
    const auto [end, error] =
        std::from_chars(text.begin(), text.end(), value, std::chars_format::fixed);
    if (error != std::errc() || !std::isfinite(value) || value < 0) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.begin()));
    return value;
}

milliseconds bounded(double wait)
{
    constexpr double most = 60'000;
    return milliseconds(std::lround(std::clamp(wait, 0.0, most)));
}

Wait whole_number(std::string_view text, double unit)
{
    const auto value = take_number(text);
    if (!value || !text.empty()) return std::nullopt;
    return bounded(*value * unit);
}

/// Takes a unit off the front of text: its length in milliseconds; nullopt where none stands.
std::optional<double> take_unit(std::string_view& text)
{
    struct Unit {
        std::string_view name;
        double length;
    };
    constexpr std::array units{
        Unit{"ms", 1},
        Unit{"us", 1e-3},
        Unit{"µs", 1e-3},
        Unit{"ns", 1e-6},
        Unit{"h", 3.6e6},
        Unit{"m", 6e4},
        Unit{"s", 1e3},
    };
    for (const auto& unit : units) {
        if (!text.starts_with(unit.name)) continue;
        text.remove_prefix(unit.name.size());
        return unit.length;
    }
    return std::nullopt;
}

/// A duration as Go writes it ("1m2.5s", "120ms") at the front of text, a space before a unit being
/// allowed ("20 seconds").
Wait duration(std::string_view text)
{
    std::optional<double> sum;
    while (true) {
        auto rest = text;
        const auto value = take_number(rest);
        if (!value) break;
        if (rest.starts_with(' ')) rest.remove_prefix(1);
        const auto unit = take_unit(rest);
        if (!unit) break;
        sum = sum.value_or(0) + *value * *unit;
        text = rest;
    }
    if (!sum) return std::nullopt;
    return bounded(*sum);
}

/// "Sun, 06 Nov 1994 08:49:37 GMT"
std::optional<std::chrono::sys_seconds> http_date(std::string_view text)
{
    constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
    if (text.size() != 29 || !text.ends_with(" GMT")) return std::nullopt;
    const auto number = [&](std::size_t at, std::size_t length) {
        int value = -1;
        std::from_chars(text.data() + at, text.data() + at + length, value);
        return value;
    };
    const auto month = months.find(text.substr(8, 3));
    const int day = number(5, 2), year = number(12, 4);
    const int hour = number(17, 2), minute = number(20, 2), second = number(23, 2);
    if (month == months.npos || month % 3 != 0 || std::min({day, year, hour, minute, second}) < 0)
        return std::nullopt;
    const std::chrono::year_month_day date(
        std::chrono::year(year),
        std::chrono::month(static_cast<unsigned>(month / 3 + 1)),
        std::chrono::day(static_cast<unsigned>(day))
    );
    if (!date.ok()) return std::nullopt;
    return std::chrono::sys_days(date) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
           std::chrono::seconds(second);
}

Wait until_date(std::span<const Header> headers, std::string_view date)
{
    const auto then = http_date(date);
    const auto now = http_date(find_header(headers, "date"));
    if (!then || !now) return std::nullopt;
    return bounded(static_cast<double>(milliseconds(*then - *now).count()));
}

/// When the sooner of the exhausted buckets is full again.
Wait bucket_reset(std::span<const Header> headers)
{
    Wait soonest;
    for (const std::string bucket : {"requests", "tokens", "project-tokens"}) {
        if (find_header(headers, "x-ratelimit-remaining-" + bucket) != "0") continue;
        const auto reset = find_header(headers, "x-ratelimit-reset-" + bucket);
        auto wait = duration(reset);
        if (!wait) wait = whole_number(reset, 1000);
        if (wait && wait->count() > 0 && (!soonest || *wait < *soonest)) soonest = wait;
    }
    return soonest;
}

Wait said_in(std::string_view message)
{
    for (const std::string_view phrase : {"try again in ", "retry after ", "retry in "}) {
        const auto at = message.find(phrase);
        if (at == message.npos) continue;
        if (auto wait = duration(message.substr(at + phrase.size()))) return wait;
    }
    return std::nullopt;
}

}  // namespace

Wait asked_wait(std::span<const Header> headers, std::string_view message)
{
    if (auto wait = whole_number(find_header(headers, "retry-after-ms"), 1)) return wait;
    const auto retry_after = find_header(headers, "retry-after");
    if (auto wait = whole_number(retry_after, 1000)) return wait;
    if (auto wait = until_date(headers, retry_after)) return wait;
    if (auto wait = bucket_reset(headers)) return wait;
    return said_in(message);
}

}  // namespace sluice::openai_dialect
