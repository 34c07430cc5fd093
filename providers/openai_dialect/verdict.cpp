#include "providers/openai_dialect/verdict.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string_view>

namespace sluice::openai_dialect {
namespace {

std::string lower(std::string_view text)
{
    std::string out(text);
    for (auto& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    return out;
}

bool is_one_of(std::string_view word, std::span<const std::string_view> list)
{
    return std::ranges::find(list, word) != list.end();
}

struct Word {
    std::string_view word;
    ErrorKind kind;
};

/// Codes and types that decide whatever the status is.
constexpr std::array words{
    Word{"context_length_exceeded", ErrorKind::context_too_long},
    Word{"exceed_context_size_error", ErrorKind::context_too_long},
    Word{"content_filter", ErrorKind::content_filtered},
    Word{"content_policy_violation", ErrorKind::content_filtered},
    Word{"insufficient_quota", ErrorKind::quota_exhausted},
    Word{"credit_balance_exhausted", ErrorKind::quota_exhausted},
    Word{"organization_spend_limit_exceeded", ErrorKind::quota_exhausted},
    Word{"project_spend_limit_exceeded", ErrorKind::quota_exhausted},
    Word{"organization_usage_limit_exceeded", ErrorKind::quota_exhausted},
    Word{"enforced_spend_limit_reached", ErrorKind::quota_exhausted},
    Word{"billing_hard_limit_reached", ErrorKind::quota_exhausted},
    Word{"billing_not_active", ErrorKind::quota_exhausted},
    Word{"invalid_api_key", ErrorKind::credential_refused},
    Word{"authentication_error", ErrorKind::credential_refused},
    Word{"model_not_found", ErrorKind::model_gone},
    Word{"deploymentnotfound", ErrorKind::model_gone},
    Word{"slow_down", ErrorKind::overloaded},
    Word{"server_is_overloaded", ErrorKind::overloaded},
    Word{"overloaded_error", ErrorKind::overloaded},
    Word{"service_unavailable_error", ErrorKind::overloaded},
    Word{"unavailable", ErrorKind::overloaded},
    Word{"rate_limit_exceeded", ErrorKind::rate_limited},
    Word{"rate_limit_error", ErrorKind::rate_limited},
    Word{"rate_limited", ErrorKind::rate_limited},
    Word{"too_many_requests", ErrorKind::rate_limited},
    Word{"capacity_exceeded", ErrorKind::rate_limited},
};

std::optional<ErrorKind> kind_of_word(std::string_view word)
{
    const auto found = std::ranges::find(words, lower(word), &Word::word);
    if (found == words.end()) return std::nullopt;
    return found->kind;
}

bool says_any(std::string_view message, std::span<const std::string_view> phrases)
{
    return std::ranges::any_of(phrases, [&](auto phrase) { return message.contains(phrase); });
}

bool says_too_long(std::string_view message)
{
    constexpr std::array<std::string_view, 7> phrases{
        "maximum context length",
        "prompt is too long",
        "too large for model",
        "exceeds the context window",
        "exceeds the available context size",
        "longer than the maximum model length",
        "context length exceeded",
    };
    const bool counted = message.contains("input token count") && message.contains("exceeds");
    return counted || says_any(message, phrases);
}

bool says_purse_empty(std::string_view message)
{
    constexpr std::array<std::string_view, 3> phrases{
        "credit balance", "insufficient balance", "exceeded your current quota"
    };
    return says_any(message, phrases);
}

bool says_model_gone(std::string_view message)
{
    constexpr std::array<std::string_view, 3> phrases{
        "not found", "does not exist", "not a valid model"
    };
    return message.contains("model") && says_any(message, phrases);
}

/// The number that follows a phrase.
std::optional<std::int64_t> number_after(std::string_view message, std::string_view phrase)
{
    const auto at = message.find(phrase);
    if (at == message.npos) return std::nullopt;
    std::int64_t number = 0;
    const auto* begin = message.data() + at + phrase.size();
    if (std::from_chars(begin, message.data() + message.size(), number).ec != std::errc())
        return std::nullopt;
    return number;
}

/// One request above the whole per-minute limit fits no minute, however long one waits; a target
/// with more room may take it, as with a prompt above the context window.
bool says_never_fits(std::string_view message)
{
    if (!message.contains("request too large")) return false;
    const auto limit = number_after(message, "limit ");
    const auto requested = number_after(message, "requested ");
    return limit && requested && *requested > *limit;
}

ErrorKind kind_of_status(int status)
{
    switch (status) {
        case 401:
        case 403: return ErrorKind::credential_refused;
        case 402: return ErrorKind::quota_exhausted;
        case 408:
        case 409: return ErrorKind::server_error;
        case 429:
        case 498: return ErrorKind::rate_limited;
        case 503:
        case 529: return ErrorKind::overloaded;
        default: break;
    }
    if (status >= 500) return ErrorKind::server_error;
    if (status >= 400) return ErrorKind::rejected;
    return ErrorKind::bad_response;  // a redirect, or a success that is none
}

/// For a failure inside a 200 that names no status.
ErrorKind kind_of_type(std::string_view type)
{
    const auto word = lower(type);
    const bool callers = word.starts_with("invalid_request") || word == "badrequesterror";
    return callers ? ErrorKind::rejected : ErrorKind::server_error;
}

/// The text between the first two quotation marks after a phrase.
std::string_view quoted_after(std::string_view message, std::string_view phrase)
{
    const auto at = message.find(phrase);
    if (at == message.npos) return {};
    const auto open = message.find('\'', at + phrase.size());
    const auto close = open == message.npos ? open : message.find('\'', open + 1);
    return close == message.npos ? std::string_view() : message.substr(open + 1, close - open - 1);
}

/// "('messages.0' : property 'name' is unsupported)" names messages.0.name; without a path before
/// it, a top-level field.
std::string unsupported_property(std::string_view message)
{
    if (!message.contains("' is unsupported")) return {};
    const auto name = quoted_after(message, "property ");
    constexpr std::string_view link = "' : ";
    const auto before = message.substr(0, message.find("property "));
    if (!before.ends_with(link)) return std::string(name);
    const auto path = before.substr(0, before.size() - link.size());
    return concat(path.substr(path.rfind('\'') + 1), ".", name);
}

/// The field that the provider names, if it is for this field that it refuses.
std::string refused_field(const ErrorFacts& facts)
{
    constexpr std::array<std::string_view, 3> codes{
        "unsupported_parameter", "unsupported_value", "unknown_parameter"
    };
    if (is_one_of(facts.code, codes)) {
        if (!facts.param.empty()) return facts.param;
        return std::string(quoted_after(facts.message, ":"));
    }
    constexpr std::string_view unrecognized = "Unrecognized request argument supplied: ";
    if (facts.message.starts_with(unrecognized)) return facts.message.substr(unrecognized.size());
    // Tools and reasoning exclude each other on some models: without the effort they go together.
    if (facts.param == "reasoning_effort" && facts.message.contains("tools")) return facts.param;
    return unsupported_property(facts.message);
}

bool is_index(std::string_view step)
{
    return !step.empty() && std::ranges::all_of(step, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

ErrorKind kind_of(int status, const ErrorFacts& facts)
{
    const auto message = lower(facts.message);
    if (says_never_fits(message)) return ErrorKind::context_too_long;
    if (const auto kind = kind_of_word(facts.code)) return *kind;
    if (const auto kind = kind_of_word(facts.type)) return *kind;
    if (status < 500) {
        if (says_too_long(message)) return ErrorKind::context_too_long;
        if (says_purse_empty(message)) return ErrorKind::quota_exhausted;
        if ((status == 400 || status == 404) && says_model_gone(message))
            return ErrorKind::model_gone;
    }
    return status == 200 ? kind_of_type(facts.type) : kind_of_status(status);
}

std::string repair_of(int status, const ErrorFacts& facts)
{
    if (status != 400 && status != 422) return {};
    auto path = dotted(refused_field(facts));
    return may_be_left_out(path) ? path : std::string();
}

std::string dotted(std::string_view path)
{
    std::string out;
    for (const char c : path) {
        if (c == '[')
            out += '.';
        else if (c != ']')
            out += c;
    }
    return out;
}

bool may_be_left_out(std::string_view path)
{
    constexpr std::array<std::string_view, 3> whole{"model", "messages", "stream"};
    constexpr std::array<std::string_view, 20> essential{
        "role",       "content",      "text", "type",     "image_url", "url",        "input_audio",
        "data",       "format",       "file", "file_id",  "file_data", "refusal",    "thinking",
        "tool_calls", "tool_call_id", "id",   "function", "arguments", "parameters",
    };
    if (path.empty() || is_one_of(path, whole)) return false;
    const auto dot = path.rfind('.');
    if (dot == path.npos) return true;
    const auto last = path.substr(dot + 1);
    if (last == "name" && path.substr(0, dot).ends_with("function")) return false;
    return !is_index(last) && !is_one_of(last, essential);
}

}  // namespace sluice::openai_dialect
