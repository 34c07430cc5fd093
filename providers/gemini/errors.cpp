#include "providers/gemini/errors.hpp"

#include "core/json.hpp"
#include "providers/openai_dialect/errors.hpp"
#include "providers/openai_dialect/wait.hpp"
#include "providers/tree.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::gemini {
namespace {

using boost::json::object;
using boost::json::value;
using tree::string_at;

/// What the details of an error say, each a message of Google's own types.
struct Details {
    bool bad_key = false;
    bool daily = false;  ///< the quota of a day is used up
    std::string retry_delay;
};

Details details_of(const object& error)
{
    Details details;
    for (const auto& entry : tree::array_at(error, "details")) {
        const auto& detail = tree::object_in(entry);
        details.bad_key |= string_at(detail, "reason").starts_with("API_KEY_");
        for (const auto& violation : tree::array_at(detail, "violations"))
            details.daily |= string_at(tree::object_in(violation), "quotaId").contains("PerDay");
        if (const auto delay = string_at(detail, "retryDelay"); !delay.empty())
            details.retry_delay = delay;
    }
    return details;
}

bool says_any(std::string_view message, std::span<const std::string_view> phrases)
{
    return std::ranges::any_of(phrases, [&](auto phrase) { return message.contains(phrase); });
}

/// A quota of none at all, or one of money: no wait that a request could live through.
bool says_purse_empty(std::string_view message)
{
    constexpr std::array<std::string_view, 4> phrases{
        "limit: 0,", "limit: 0\n", "credits are depleted", "spending cap"
    };
    return says_any(message, phrases);
}

/// Where the account may not be used at all, whatever is asked.
bool says_account_unfit(std::string_view message)
{
    constexpr std::array<std::string_view, 3> phrases{"location", "country", "billing"};
    return says_any(message, phrases);
}

bool names_model(std::string_view message)
{
    return message.contains("model") || message.contains("Model");
}

/// What Google's words mean where the status or the message alone would be misread: the same
/// message stands for a minute's limit and for a day's.
std::optional<ErrorKind> kind_of(
    std::string_view status, int code, std::string_view message, const Details& details
)
{
    if (status == "RESOURCE_EXHAUSTED" || code == 429)
        return details.daily || says_purse_empty(message) ? ErrorKind::quota_exhausted
                                                          : ErrorKind::rate_limited;
    if (details.bad_key || message.contains("API key not valid") ||
        message.contains("API key expired"))
        return ErrorKind::credential_refused;
    if (status == "FAILED_PRECONDITION" && code == 400 && says_account_unfit(message))
        return ErrorKind::credential_refused;
    if (status == "NOT_FOUND" && names_model(message)) return ErrorKind::model_gone;
    if (status == "CANCELLED") return ErrorKind::server_error;
    return std::nullopt;
}

/// The tuning field of generationConfig that a model refuses, as a path; empty where it is none.
std::string refused_tuning(std::string_view message)
{
    constexpr std::array<std::string_view, 7> fields{
        "temperature",
        "topP",
        "topK",
        "seed",
        "presencePenalty",
        "frequencyPenalty",
        "mediaResolution"
    };
    for (const auto field : fields)
        if (message.contains(concat("Unknown name \"", field, "\"")))
            return concat("generationConfig.", field);
    constexpr std::array<std::string_view, 2> thinking{"thinking", "Thinking"};
    return says_any(message, thinking) ? "generationConfig.thinkingConfig" : "";
}

/// The wait asked for: by a header, in the details, in words.
std::optional<std::chrono::milliseconds> wait_of(
    std::span<const Header> headers, const Details& details, std::string_view message
)
{
    using openai_dialect::asked_wait;
    if (const auto wait = asked_wait(headers, {})) return wait;
    if (const auto wait = asked_wait({}, concat("retry in ", details.retry_delay))) return wait;
    return asked_wait({}, message);
}

/// The error object of a body, wrapped in an array or not.
object error_in(std::string_view body)
{
    const auto parsed = json::parse_tree(body);
    if (!parsed) return {};
    const auto* list = parsed->if_array();
    const auto& report = tree::object_in(list && !list->empty() ? list->front() : *parsed);
    return tree::object_at(report, "error");
}

}  // namespace

Error decode_error(const HttpResponse& response)
{
    auto error = openai_dialect::decode_error(response);
    const auto reported = error_in(response.body);
    if (reported.empty()) return error;
    const auto message = string_at(reported, "message");
    const auto details = details_of(reported);
    const auto status = string_at(reported, "status");
    if (const auto kind = kind_of(status, error.upstream_status, message, details)) {
        error.kind = *kind;
        error.repair.clear();
    } else if (error.kind == ErrorKind::rejected) {
        error.repair = refused_tuning(message);
        if (!error.repair.empty()) error.kind = ErrorKind::unsupported_parameter;
    }
    error.retry_after =
        is_transient(error.kind) ? wait_of(response.headers, details, message) : std::nullopt;
    return error;
}

}  // namespace sluice::gemini
