#include "providers/openai_dialect/errors.hpp"

#include "core/json.hpp"
#include "providers/openai_dialect/verdict.hpp"
#include "providers/openai_dialect/wait.hpp"

#include <charconv>
#include <utility>

namespace sluice::openai_dialect {
namespace {

using boost::json::object;
using boost::json::value;

/// A string as it is, any other value as its JSON text; empty for null and for nothing.
std::string text_of(const value* v)
{
    if (!v || v->is_null()) return {};
    if (const auto* text = v->if_string()) return std::string(*text);
    return json::serialize(*v);
}

/// A router's error may carry that of the server behind it.
std::string raw_of(const object& error)
{
    const auto* metadata = error.if_contains("metadata");
    const auto* fields = metadata ? metadata->if_object() : nullptr;
    return fields ? text_of(fields->if_contains("raw")) : std::string();
}

ErrorFacts facts_of(const value& error)
{
    const auto* fields = error.if_object();
    if (!fields) return {.message = text_of(&error), .type = {}, .code = {}, .param = {}};
    ErrorFacts facts;
    for (const auto* key : {"message", "detail"})
        if (facts.message.empty()) facts.message = text_of(fields->if_contains(key));
    if (const auto raw = raw_of(*fields); !raw.empty()) facts.message += concat(": ", raw);
    for (const auto* key : {"type", "status"})
        if (facts.type.empty()) facts.type = text_of(fields->if_contains(key));
    facts.code = text_of(fields->if_contains("code"));
    facts.param = text_of(fields->if_contains("param"));
    return facts;
}

bool calls_itself_error(const object& body)
{
    const auto says = [&](const char* key) {
        const auto* word = body.if_contains(key);
        return word && word->is_string() && word->get_string() == "error";
    };
    return says("object") || says("type");
}

/// What a body that is no JSON has to say: short text as it is, a page of HTML by its title.
std::string text_message(const HttpResponse& response)
{
    const auto status = std::to_string(response.status);
    const std::string_view body = response.body;
    const auto begin = body.find_first_not_of(" \t\r\n");
    if (begin == body.npos) return concat("HTTP ", status, " with an empty body");
    if (body[begin] != '<') return response.body;
    constexpr std::string_view mark = "<title>";
    const auto open = body.find(mark);
    const auto close = body.find("</title>", open);
    if (close == body.npos) return concat("HTTP ", status, " with a page of HTML");
    const auto title = open + mark.size();
    return concat("HTTP ", status, ": ", body.substr(title, close - title));
}

/// The facts of a response that is known to be a failure.
ErrorFacts facts_of(const HttpResponse& response)
{
    if (auto facts = find_error(response.body)) return std::move(*facts);
    if (const auto tree = json::parse_tree(response.body); tree && tree->is_object())
        return facts_of(*tree);
    return {.message = text_message(response), .type = {}, .code = {}, .param = {}};
}

/// The status by which to judge: a failure inside a 200 may name one as its code.
int effective_status(int status, std::string_view code)
{
    if (status >= 400) return status;
    int number = 0;
    const auto [end, error] = std::from_chars(code.begin(), code.end(), number);
    const bool is_status =
        error == std::errc() && end == code.end() && number >= 400 && number < 600;
    return is_status ? number : status;
}

}  // namespace

std::optional<ErrorFacts> find_error(std::string_view body)
{
    const auto tree = json::parse_tree(body);
    if (!tree) return std::nullopt;
    const auto* report = &*tree;
    if (const auto* list = report->if_array(); list && !list->empty()) report = &list->front();
    const auto* fields = report->if_object();
    if (!fields) return std::nullopt;
    if (const auto* error = fields->if_contains("error"); error && !error->is_null())
        return facts_of(*error);
    if (calls_itself_error(*fields)) return facts_of(*report);
    return std::nullopt;
}

Error classify(int status, ErrorFacts facts, std::span<const Header> headers)
{
    const auto said = effective_status(status, facts.code);
    Error error;
    error.kind = kind_of(said, facts);
    if (error.kind == ErrorKind::rejected) {
        error.repair = repair_of(said, facts);
        if (!error.repair.empty()) error.kind = ErrorKind::unsupported_parameter;
    }
    if (is_transient(error.kind)) error.retry_after = asked_wait(headers, facts.message);
    error.upstream_status = said;
    error.message = safe_message(facts.message);
    if (error.message.empty()) error.message = concat("HTTP ", std::to_string(said));
    error.param = std::move(facts.param);
    return error;
}

Error decode_error(const HttpResponse& response)
{
    return classify(response.status, facts_of(response), response.headers);
}

}  // namespace sluice::openai_dialect
