#include "admission/limit_headers.hpp"

#include "core/append.hpp"
#include "core/error.hpp"

namespace sluice {

namespace {

auto whole_seconds(milliseconds span)
{
    return std::chrono::ceil<std::chrono::seconds>(span).count();
}

std::string seconds_with_fraction(milliseconds span)
{
    auto text = std::to_string(span.count() / 1000);
    if (const auto rest = span.count() % 1000) {
        text += concat(".", std::to_string(1000 + rest).substr(1));
        while (text.ends_with('0')) text.pop_back();
    }
    return text + "s";
}

}  // namespace

std::string short_duration(milliseconds span)
{
    using namespace std::chrono;
    if (span == 0ms) return "0s";
    if (span < 1s) return std::to_string(span.count()) + "ms";
    if (span < 1min) return seconds_with_fraction(span);
    const hh_mm_ss time(ceil<seconds>(span));
    const auto minutes_and_seconds = concat(
        std::to_string(time.minutes().count()), "m", std::to_string(time.seconds().count()), "s"
    );
    if (time.hours() == 0h) return minutes_and_seconds;
    return concat(std::to_string(time.hours().count()), "h", minutes_and_seconds);
}

void append_limit_headers(HeaderBlock& headers, const LimitFacts& facts)
{
    const Digits limit(facts.limit), remaining(facts.remaining);
    headers.append_lines(
        "x-ratelimit-limit-requests: ",
        limit,
        "\r\nx-ratelimit-remaining-requests: ",
        remaining,
        "\r\nx-ratelimit-reset-requests: ",
        short_duration(facts.reset),
        "\r\nratelimit-policy: \"per-key\";q=",
        limit,
        ";w=",
        whole_seconds(facts.window),
        "\r\nratelimit: \"per-key\";r=",
        remaining,
        ";t=",
        whole_seconds(facts.reset),
        "\r\n"
    );
}

}  // namespace sluice
