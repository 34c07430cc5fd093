#include "server/docs_fields.hpp"

#include "core/error.hpp"
#include "server/html.hpp"
#include "server/openapi_view.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <string_view>
#include <vector>

namespace sluice {

namespace bj = boost::json;
using html::escaped, html::inline_text;

namespace {

const bj::object* object_in(const bj::object& schema, std::string_view key)
{
    const auto* found = schema.if_contains(key);
    return found ? found->if_object() : nullptr;
}

const bj::array* alternatives_of(const bj::object& schema)
{
    for (const auto* key : {"oneOf", "anyOf"})
        if (const auto* found = schema.if_contains(key)) return &found->as_array();
    return nullptr;
}

std::string joined(const std::vector<std::string>& words, std::string_view between)
{
    std::string out;
    for (const auto& word : words) out.append(out.empty() ? "" : between).append(word);
    return out;
}

std::string link_to(std::string_view reference)
{
    const auto name = reference.substr(reference.rfind('/') + 1);
    return concat("<a href=\"#schema-", name, "\">", name, "</a>");
}

std::string code(const bj::value& value)
{
    return concat("<code>", escaped(bj::serialize(value)), "</code>");
}

std::string array_words(const bj::object& schema)
{
    const auto* items = object_in(schema, "items");
    const auto each = items ? type_words(*items) : std::string();
    return each.empty() ? "array" : concat("array of ", each);
}

std::string of_types(const bj::object& schema)
{
    std::vector<std::string> names;
    const auto add = [&](std::string_view name) {
        names.push_back(name == "array" ? array_words(schema) : std::string(name));
    };
    const auto* type = schema.if_contains("type");
    if (type && type->is_string()) add(type->get_string());
    if (type && type->is_array())
        for (const auto& name : type->get_array()) add(name.as_string());
    return joined(names, " or ");
}

/// "0 to 2", "at least 1".
std::string range(const bj::object& schema, const char* lowest, const char* highest)
{
    const auto* low = schema.if_contains(lowest);
    const auto* high = schema.if_contains(highest);
    if (low && high) return concat(bj::serialize(*low), " to ", bj::serialize(*high));
    if (low) return concat("at least ", bj::serialize(*low));
    return high ? concat("at most ", bj::serialize(*high)) : "";
}

std::string limits(const bj::object& schema)
{
    std::string out;
    const auto add = [&](std::string_view limit, std::string_view unit) {
        if (limit.empty()) return;
        out += concat(", ", limit, unit);
        if (!unit.empty() && limit != "at least 1") out += 's';
    };
    add(range(schema, "minimum", "maximum"), "");
    add(range(schema, "minItems", "maxItems"), " item");
    add(range(schema, "minLength", "maxLength"), " character");
    add(range(schema, "minProperties", "maxProperties"), " member");
    return out;
}

/// Rows for the members of an object, and of what stands within it, under names like a.b[].c
void add_rows(std::string& out, const bj::object& schema, const std::string& prefix);

bool is_required(const bj::object& schema, std::string_view member)
{
    const auto* required = schema.if_contains("required");
    return required && std::ranges::any_of(required->as_array(), [&](const bj::value& name) {
               return name.as_string() == member;
           });
}

void add_row(std::string& out, const std::string& name, const bj::object& schema, bool required)
{
    std::string meaning(text_of(schema, "description"));
    if (const auto* otherwise = schema.if_contains("default"))
        meaning += concat(meaning.empty() ? "" : " ", "Default `", bj::serialize(*otherwise), "`.");
    out += concat("<tr><td><code>", escaped(name), "</code>");
    if (required) out += " <em>required</em>";
    out +=
        concat("</td><td>", type_words(schema), "</td><td>", inline_text(meaning), "</td></tr>\n");
    add_rows(out, schema, name);
}

void add_rows(std::string& out, const bj::object& schema, const std::string& prefix)
{
    if (const auto* properties = object_in(schema, "properties"))
        for (const auto& [key, value] : *properties)
            add_row(
                out,
                prefix.empty() ? std::string(key) : concat(prefix, ".", key),
                value.as_object(),
                is_required(schema, key)
            );
    if (const auto* items = object_in(schema, "items")) add_rows(out, *items, concat(prefix, "[]"));
    if (const auto* more = object_in(schema, "additionalProperties"))
        add_rows(out, *more, concat(prefix, ".*"));
    if (const auto* alternatives = alternatives_of(schema))
        for (const auto& one : *alternatives) add_rows(out, one.as_object(), prefix);
}

}  // namespace

std::string type_words(const bj::object& schema)
{
    if (const auto reference = text_of(schema, "$ref"); !reference.empty())
        return link_to(reference);
    if (const auto* alternatives = alternatives_of(schema)) {
        std::vector<std::string> words;
        for (const auto& one : *alternatives) words.push_back(type_words(one.as_object()));
        return joined(words, " or ");
    }
    if (const auto* only = schema.if_contains("const")) return code(*only);
    if (const auto* choices = schema.if_contains("enum")) {
        std::vector<std::string> words;
        for (const auto& choice : choices->as_array()) words.push_back(code(choice));
        return joined(words, " ");
    }
    return concat(of_types(schema), limits(schema));
}

std::string fields_table(const bj::object& schema)
{
    std::string rows;
    add_rows(rows, schema, "");
    if (rows.empty()) return rows;
    return concat(
        "<div class=\"wide\"><table>\n<thead><tr><th>Field</th><th>Type</th><th>Meaning</th></tr>"
        "</thead>\n<tbody>\n",
        rows,
        "</tbody></table></div>\n"
    );
}

}  // namespace sluice
