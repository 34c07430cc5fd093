#include "providers/openai/responses_tools.hpp"

#include "providers/tree.hpp"

namespace sluice::openai {

using boost::json::array;
using boost::json::object;
using boost::json::value;
using tree::object_at;
using tree::string_at;

namespace {

object flatten_function(const object& function)
{
    object flat{{"type", "function"}};
    tree::copy(function, flat, {"name", "description", "parameters", "strict"});
    if (!flat.contains("parameters"))
        flat["parameters"] = {{"type", "object"}, {"properties", object{}}};
    // Chat's default; here the server would take true.
    if (!flat.contains("strict")) flat["strict"] = false;
    return flat;
}

object flatten_custom(const object& custom)
{
    object flat{{"type", "custom"}};
    tree::copy(custom, flat, {"name", "description"});
    const auto& format = object_at(custom, "format");
    if (format.empty()) return flat;
    object flat_format{{"type", string_at(format, "type")}};
    tree::copy(object_at(format, "grammar"), flat_format, {"definition", "syntax"});
    flat["format"] = std::move(flat_format);
    return flat;
}

/// {"type":"function","function":{"name":…}} as {"type":"function","name":…}.
value flatten_reference(const value& reference)
{
    const auto& from = tree::object_in(reference);
    const auto type = string_at(from, "type");
    const auto& named = object_at(from, type);
    if (named.empty()) return reference;
    return {{"type", type}, {"name", string_at(named, "name")}};
}

}  // namespace

array flatten_tools(const array& tools)
{
    array flat;
    for (const auto& tool : tools) {
        const auto& from = tree::object_in(tool);
        if (const auto& function = object_at(from, "function"); !function.empty())
            flat.push_back(flatten_function(function));
        else if (const auto& custom = object_at(from, "custom"); !custom.empty())
            flat.push_back(flatten_custom(custom));
        else
            flat.push_back(tool);
    }
    return flat;
}

value flatten_tool_choice(const value& choice)
{
    const auto& allowed = object_at(tree::object_in(choice), "allowed_tools");
    if (allowed.empty()) return flatten_reference(choice);
    array tools;
    for (const auto& tool : tree::array_at(allowed, "tools"))
        tools.push_back(flatten_reference(tool));
    return {
        {"type", "allowed_tools"}, {"mode", string_at(allowed, "mode")}, {"tools", std::move(tools)}
    };
}

value flatten_format(const value& response_format)
{
    const auto& schema = object_at(tree::object_in(response_format), "json_schema");
    if (schema.empty()) return response_format;
    object flat{{"type", "json_schema"}};
    tree::copy(schema, flat, {"name", "description", "schema", "strict"});
    return flat;
}

}  // namespace sluice::openai
