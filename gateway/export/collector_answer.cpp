#include "export/collector_answer.hpp"

#include "core/json.hpp"

#include <algorithm>
#include <charconv>

namespace sluice {

namespace {

/// {"partialSuccess":{"rejectedSpans":"3","errorMessage":"..."}}: a 64-bit integer is a string, but
/// collectors that write a number are understood too.
std::size_t rejected_spans(const std::string& body)
{
    const auto answer = json::Document::parse(body);
    if (!answer) return 0;
    const auto partial = answer->find("partialSuccess");
    if (!partial || !partial->starts_with('{')) return 0;
    const auto success = json::Document::parse(std::string(*partial));
    const auto rejected = success ? success->find("rejectedSpans") : std::nullopt;
    if (!rejected) return 0;
    const auto digits = json::as_string(*rejected).value_or(std::string(*rejected));
    std::int64_t count = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), count);
    return static_cast<std::size_t>(std::max<std::int64_t>(count, 0));
}

std::optional<milliseconds> retry_after(const Headers& headers)
{
    const auto text = find_header(headers, "retry-after");
    std::int64_t seconds = -1;
    std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (seconds < 0) return std::nullopt;
    return std::chrono::seconds(std::min<std::int64_t>(seconds, 86'400));
}

}  // namespace

CollectorAnswer read_collector_answer(const HttpResponse& response)
{
    using enum CollectorAnswer::Verdict;
    if (response.status >= 200 && response.status < 300)
        return {.verdict = taken, .rejected = rejected_spans(response.body)};
    for (const int overloaded : {429, 502, 503, 504})
        if (response.status == overloaded)
            return {.verdict = later, .retry_after = retry_after(response.headers)};
    return {.verdict = refused};
}

}  // namespace sluice
