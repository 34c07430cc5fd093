#include "providers/anthropic/errors.hpp"

#include "core/json.hpp"
#include "providers/openai_dialect/errors.hpp"
#include "providers/tree.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace sluice::anthropic {
namespace {

using boost::json::object;
using openai_dialect::ErrorFacts;
using tree::string_at;

constexpr std::string_view not_taken = "Extra inputs are not permitted";

template <class Names>
bool among(const Names& names, std::string_view name)
{
    return std::ranges::find(names, name) != names.end();
}

/// The status that goes with a type, for failures inside a success.
int status_of_type(std::string_view type)
{
    struct Known {
        std::string_view type;
        int status;
    };
    constexpr std::array known{
        Known{"invalid_request_error", 400},
        Known{"authentication_error", 401},
        Known{"billing_error", 402},
        Known{"permission_error", 403},
        Known{"not_found_error", 404},
        Known{"request_too_large", 413},
        Known{"rate_limit_error", 429},
        Known{"timeout_error", 504},
        Known{"overloaded_error", 529},
    };
    const auto found = std::ranges::find(known, type, &Known::type);
    return found == known.end() ? 500 : found->status;
}

bool is_index(std::string_view step)
{
    return !step.empty() && std::ranges::all_of(step, [](char c) { return c >= '0' && c <= '9'; });
}

/// True for the name of an alternative that the validator tried, which is no level of the JSON: the
/// type of a block or tool behind its index, that of a source behind "source", and so on.
bool is_alternative(std::string_view step, std::string_view list, std::string_view before)
{
    constexpr std::array<std::string_view, 3> lists{"content", "tools", "system"};
    constexpr std::array<std::string_view, 4> unions{
        "source", "thinking", "tool_choice", "cache_control"
    };
    constexpr std::array<std::string_view, 11> types_of_union{
        "base64",
        "url",
        "file",
        "text",
        "content",
        "enabled",
        "adaptive",
        "any",
        "auto",
        "tool",
        "ephemeral"
    };
    if (is_index(before)) return among(lists, list) && !is_index(step);
    return among(unions, before) && among(types_of_union, step);
}

/// The path in the request that a validator's path means: "tools.0.custom.strict" is
/// tools.0.strict.
std::string path_of(std::string_view told)
{
    std::string path;
    std::string_view list, before;
    while (!told.empty()) {
        const auto dot = told.find('.');
        const auto step = told.substr(0, dot);
        const bool last = dot == told.npos;
        told.remove_prefix(last ? told.size() : dot + 1);
        const bool skipped = !last && is_alternative(step, list, before);
        list = before;
        before = step;
        if (skipped) continue;
        if (!path.empty()) path += '.';
        path += step;
    }
    return path;
}

/// The field that a validator's message begins with ("messages.0.content: Field required").
std::string_view field_in(std::string_view message)
{
    const auto colon = message.find(": ");
    if (colon == message.npos) return {};
    const auto field = message.substr(0, colon);
    const bool is_path = std::ranges::all_of(field, [](char c) {
        return c == '.' || c == '_' || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    });
    return is_path ? field : std::string_view();
}

/// The field to leave out of a request that was refused for it; empty where there is none.
std::string repair_of(const ErrorFacts& facts)
{
    constexpr std::array<std::string_view, 2> essential{"system", "max_tokens"};
    if (facts.message.contains("thinking.type")) return "thinking";
    if (!facts.message.contains(not_taken) || among(essential, facts.param)) return {};
    return openai_dialect::may_be_left_out(facts.param) ? facts.param : std::string();
}

/// What only Anthropic says in this way.
std::optional<ErrorKind> kind_of(const ErrorFacts& facts)
{
    if (facts.type == "not_found_error" && facts.message.contains("model"))
        return ErrorKind::model_gone;
    if (facts.message.contains("exceed context limit")) return ErrorKind::context_too_long;
    return std::nullopt;
}

Error judge(int status, ErrorFacts facts, std::span<const Header> headers)
{
    facts.param = path_of(field_in(facts.message));
    auto repair = repair_of(facts);
    const auto known = kind_of(facts);
    auto error = openai_dialect::classify(status, std::move(facts), headers);
    if (error.kind != ErrorKind::rejected) return error;
    if (known) {
        error.kind = *known;
    } else if (!repair.empty()) {
        error.kind = ErrorKind::unsupported_parameter;
        error.repair = std::move(repair);
    }
    return error;
}

std::optional<ErrorFacts> find_facts(const object& data)
{
    const auto& error = tree::object_at(data, "error");
    if (error.empty()) return std::nullopt;
    return ErrorFacts{
        .message = std::string(string_at(error, "message")),
        .type = std::string(string_at(error, "type")),
        .code = std::string(string_at(tree::object_at(error, "details"), "error_code")),
        .param = {},
    };
}

}  // namespace

Error decode_error(const HttpResponse& response)
{
    const auto parsed = json::parse_tree(response.body);
    auto facts = parsed ? find_facts(tree::object_in(*parsed)) : std::nullopt;
    if (!facts) return openai_dialect::decode_error(response);
    return judge(response.status, *std::move(facts), response.headers);
}

std::optional<Error> reported_error(const object& data)
{
    if (string_at(data, "type") != "error" && !tree::has(data, "error")) return std::nullopt;
    auto facts = find_facts(data).value_or(ErrorFacts{});
    if (facts.message.empty()) facts.message = "the provider reported an error without a message";
    const auto status = status_of_type(facts.type);
    return judge(status, std::move(facts), {});
}

}  // namespace sluice::anthropic
