#pragma once

#include "api/field_checker.hpp"
#include "core/error.hpp"
#include "core/json.hpp"

#include <algorithm>
#include <string_view>

namespace sluice {

/// One top-level field of a request body: its check, which may note in the request what it saw.
template <class Request>
struct Rule {
    std::string_view field;
    bool (*check)(FieldChecker& value, Request& request);
    bool required = false;
};

/// Holds request.document against a table of rules. null is as good as absent; a field without a
/// rule passes.
template <class Request, class Rules>
Result<void> check_fields(const Rules& rules, Request& request)
{
    const auto& document = request.document;
    for (const auto& member : document.members()) {
        const auto text = document.value(member);
        const auto rule = std::ranges::find(rules, member.key, &Rule<Request>::field);
        if (rule == rules.end() || json::is_null(text)) continue;
        FieldChecker value(rule->field, text);
        if (!rule->check(value, request)) return std::unexpected(value.error());
    }
    for (const auto& rule : rules)
        if (rule.required && json::is_null(document.find(rule.field).value_or("null")))
            return fail_at(std::string(rule.field), concat(rule.field, " is required"));
    return {};
}

}  // namespace sluice
