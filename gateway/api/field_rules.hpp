#pragma once

#include "api/field_checker.hpp"
#include "core/error.hpp"
#include "core/json.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

namespace sluice {

/// One top-level field of a request body: its check, which may note in the request what it saw.
template <class Request>
struct Rule {
    std::string_view field;
    bool (*check)(FieldChecker& value, Request& request);
    bool required = false;
};

/// Reads the text into request.document and holds it against a table of rules, in one pass. null is
/// as good as absent; a field without a rule passes.
template <class Request, class Rules>
Result<void> read_fields(const Rules& rules, std::string text, Request& request)
{
    json::Document::Reader reader(std::move(text), request.document);
    FieldChecker value(reader.value());
    while (const auto key = reader.next_key()) {
        const auto rule = std::ranges::find(rules, *key, &Rule<Request>::field);
        if (rule == rules.end() || reader.value().peek() == json::Cursor::Kind::null) {
            reader.value().skip();
            continue;
        }
        if (rule->check(value, request) || !reader.value().ok()) continue;
        // That the text is no JSON, wherever, is told before what it says.
        auto whole = json::Document::parse(reader.take_text());
        return std::unexpected(whole ? value.error(rule->field) : std::move(whole).error());
    }
    if (auto read = reader.finish(); !read) return read;
    for (const auto& rule : rules)
        if (rule.required && json::is_null(request.document.find(rule.field).value_or("null")))
            return fail_at(std::string(rule.field), concat(rule.field, " is required"));
    return {};
}

}  // namespace sluice
