#include "api/responses_request.hpp"

#include "api/field_rules.hpp"
#include "api/json_array.hpp"
#include "api/json_look.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace sluice {
namespace {

using Kind = json::Cursor::Kind;
using checks::boolean, checks::object, checks::text;

bool check_input(FieldChecker& value, ResponsesRequest&)
{
    if (value.kind() == Kind::string) return value.text();
    if (value.kind() != Kind::array) return value.refuse_kind("a string or an array of items");
    std::size_t count = 0;
    return value.array(count, [&] { return value.object(); });
}

bool check_reasoning(FieldChecker& value, ResponsesRequest&)
{
    constexpr Check effort = [](FieldChecker& given) {
        return given.one_of({"none", "minimal", "low", "medium", "high", "xhigh", "max"});
    };
    return value.object({{"effort", effort}, {"summary", text}});
}

bool check_text(FieldChecker& value, ResponsesRequest&)
{
    constexpr Check verbosity = [](FieldChecker& given) {
        return given.one_of({"low", "medium", "high"});
    };
    constexpr Check format = [](FieldChecker& given) {
        constexpr Check type = [](FieldChecker& word) {
            return word.one_of({"text", "json_object", "json_schema"});
        };
        return given.object({{"type", type, true}, {"schema", object}});
    };
    return value.object({{"format", format}, {"verbosity", verbosity}});
}

bool check_tools(FieldChecker& value, ResponsesRequest&)
{
    return value.array_up_to(128, [&] { return value.object({{"type", text, true}}); });
}

bool check_include(FieldChecker& value, ResponsesRequest&)
{
    std::size_t count = 0;
    return value.array(count, [&] { return value.text(); });
}

/// What needs a store of another kind than this gateway has.
bool check_background(FieldChecker& value, ResponsesRequest&)
{
    bool asked = false;
    if (!value.boolean(asked)) return false;
    return !asked || value.refuse("is not served here; ask for a stream instead");
}
bool check_conversation(FieldChecker& value, ResponsesRequest&)
{
    return value.refuse("is not served here; use previous_response_id");
}

/// A field of chat completions by which somebody hopes for something else than this API does.
bool check_foreign(FieldChecker& value, ResponsesRequest&)
{
    return value.refuse("is a field of chat completions, which this API has not");
}

using ResponsesRule = Rule<ResponsesRequest>;

/// What means the same in chat is checked by chat's rules, once it is translated.
constexpr std::array rules{
    ResponsesRule{"model", [](auto& v, auto&) { return v.text(); }},
    ResponsesRule{"input", &check_input},
    ResponsesRule{"instructions", [](auto& v, auto&) { return v.text(); }},
    ResponsesRule{"previous_response_id", [](auto& v, auto&) { return v.nonempty_text(); }},
    ResponsesRule{"store", [](auto& v, auto& request) { return v.boolean(request.store); }},
    ResponsesRule{"max_output_tokens", [](auto& v, auto&) { return v.integer(1); }},
    ResponsesRule{"max_tool_calls", [](auto& v, auto&) { return v.integer(1); }},
    ResponsesRule{"reasoning", &check_reasoning},
    ResponsesRule{"text", &check_text},
    ResponsesRule{"tools", &check_tools},
    ResponsesRule{"include", &check_include},
    ResponsesRule{"truncation", [](auto& v, auto&) { return v.one_of({"auto", "disabled"}); }},
    ResponsesRule{"background", &check_background},
    ResponsesRule{"conversation", &check_conversation},
    ResponsesRule{"messages", &check_foreign},
    ResponsesRule{"n", &check_foreign},
    ResponsesRule{"response_format", &check_foreign},
    ResponsesRule{"max_tokens", &check_foreign},
    ResponsesRule{"max_completion_tokens", &check_foreign},
    ResponsesRule{"reasoning_effort", &check_foreign},
    ResponsesRule{"verbosity", &check_foreign},
    ResponsesRule{"functions", &check_foreign},
    ResponsesRule{"function_call", &check_foreign},
    ResponsesRule{"modalities", &check_foreign},
    ResponsesRule{"audio", &check_foreign},
    ResponsesRule{"logprobs", &check_foreign},
};

std::vector<std::string> items_in(std::string_view input)
{
    if (input.starts_with('"'))
        return {concat(R"({"type":"message","role":"user","content":)", input, "}")};
    std::vector<std::string> items;
    for (const auto item : elements_of(input)) items.emplace_back(item);
    return items;
}

std::string reference_in(std::string_view item)
{
    const auto members = object_of(item);
    // Its type may be left out.
    const bool bare = !has(members, "type") && !has(members, "role");
    const bool reference = bare || text_at(members, "type") == "item_reference";
    return reference ? text_at(members, "id") : std::string();
}

}  // namespace

Result<ResponsesRequest> parse_responses_request(std::string body)
{
    ResponsesRequest request;
    if (auto sound = read_fields<rules>(std::move(body), request); !sound)
        return std::unexpected(std::move(sound).error());
    request.model = text_at(request.document, "model");
    request.previous = text_at(request.document, "previous_response_id");
    request.input = items_in(value_or(request.document, "input", "[]"));
    const bool elsewhere = has(request.document, "prompt") || !request.previous.empty();
    if (request.input.empty() && !elsewhere)
        return fail_at("input", "input is required and must have at least 1 item");
    return request;
}

std::vector<std::string> item_references(const ResponsesRequest& request)
{
    std::vector<std::string> ids;
    for (const auto& item : request.input)
        if (auto id = reference_in(item); !id.empty()) ids.push_back(std::move(id));
    return ids;
}

Result<void> resolve_references(
    ResponsesRequest& request,
    std::span<const std::string> history,
    const std::map<std::string, std::string>& found
)
{
    const auto is_there = [&](const std::string& id) {
        return std::ranges::any_of(history, [&](const std::string& item) {
            return text_at(object_of(item), "id") == id;
        });
    };
    std::vector<std::string> items;
    for (auto& item : request.input) {
        const auto id = reference_in(item);
        if (id.empty())
            items.push_back(std::move(item));
        else if (const auto known = found.find(id); known != found.end())
            items.push_back(known->second);
        else if (!is_there(id))
            return fail_at("input", concat("Item with id '", id, "' not found."));
    }
    request.input = std::move(items);
    return {};
}

}  // namespace sluice
