#pragma once

#include "api/field_checker.hpp"
#include "core/error.hpp"
#include "core/json.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace sluice {

/// One top-level field of a request body: its check, which may note in the request what it saw.
template <class Request>
struct Rule {
    json::Key field;
    bool (*check)(FieldChecker& value, Request& request);
    bool required = false;
};

/// Those of the rules whose field has to be there. Every such field has a number.
template <class Request, std::size_t count>
constexpr json::KeySet required_by(const std::array<Rule<Request>, count>& rules)
{
    json::KeySet fields;
    for (const auto& rule : rules)
        if (rule.required) fields = fields | json::KeySet{rule.field};
    return fields;
}

/// Reads the text into request.document and holds it against a table of rules, in one pass. null is
/// as good as absent; a field without a rule passes.
template <const auto& rules, class Request>
Result<void> read_fields(std::string&& text, Request& request)
{
    json::Document::Reader reader(std::move(text), request.document);
    FieldChecker value(reader.value());
    constexpr auto required = required_by(rules);
    auto given = json::KeySet();
    while (reader.next()) {
        const auto rule = std::ranges::find(rules, reader.key(), &Rule<Request>::field);
        const bool asks = rule != rules.end() && !value.is_null();
        given.set(reader.key(), asks);  // of duplicates the last counts
        if (!asks) {
            value.skip();
            continue;
        }
        if (rule->check(value, request) || !reader.value().ok()) continue;
        // That the text is no JSON, wherever, is told before what it says.
        auto whole = json::Document::parse(reader.take_text());
        return std::unexpected(whole ? value.error(rule->field) : std::move(whole).error());
    }
    if (auto read = reader.finish(); !read) return read;
    const auto missing = required - given;
    if (missing.empty()) return {};
    for (const auto& rule : rules)
        if (missing.contains(rule.field))
            return fail_at(std::string(rule.field), concat(rule.field, " is required"));
    return {};
}

}  // namespace sluice
