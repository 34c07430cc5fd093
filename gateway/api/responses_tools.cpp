#include "api/responses_tools.hpp"

#include "api/json_array.hpp"
#include "api/json_look.hpp"
#include "core/error.hpp"

#include <vector>

namespace sluice {
namespace {

using json::Document;
using json::ObjectWriter;

std::string nested_function(const Document& tool)
{
    std::string out;
    ObjectWriter outer(out);
    outer.field("type", "function");
    ObjectWriter function(outer.key("function"));
    copy_members(tool, function, {"name", "description", "parameters", "strict"});
    function.close();
    outer.close();
    return out;
}

std::string nested_custom(const Document& tool)
{
    std::string out;
    ObjectWriter outer(out);
    outer.field("type", "custom");
    ObjectWriter custom(outer.key("custom"));
    copy_members(tool, custom, {"name", "description"});
    const auto format = object_of(value_or(tool, "format", "{}"));
    if (text_at(format, "type") == "grammar") {
        ObjectWriter nested(custom.key("format"));
        nested.field("type", "grammar");
        ObjectWriter grammar(nested.key("grammar"));
        copy_members(format, grammar, {"definition", "syntax"});
        grammar.close();
        nested.close();
    } else {
        copy_members(tool, custom, {"format"});
    }
    custom.close();
    outer.close();
    return out;
}

/// {"type":"function","name":…} as {"type":"function","function":{"name":…}}; empty where the tool
/// is a hosted one.
std::string nested_reference(const Document& reference)
{
    const auto type = text_at(reference, "type");
    if (type != "function" && type != "custom") return {};
    std::string out;
    ObjectWriter outer(out);
    outer.field("type", type);
    ObjectWriter named(outer.key(type));
    copy_members(reference, named, {"name"});
    named.close();
    outer.close();
    return out;
}

InChatForm nested_allowed_tools(const Document& choice)
{
    std::vector<std::string> tools;
    for (const auto tool : elements_of(value_or(choice, "tools", "[]"))) {
        tools.push_back(nested_reference(object_of(tool)));
        if (tools.back().empty()) return {.json_text = {}, .native_only = "tool_choice.tools"};
    }
    std::string out;
    ObjectWriter outer(out);
    outer.field("type", "allowed_tools");
    ObjectWriter allowed(outer.key("allowed_tools"));
    copy_members(choice, allowed, {"mode"});
    append_array(allowed.key("tools"), tools, [&](const std::string& tool) { out += tool; });
    allowed.close();
    outer.close();
    return {.json_text = std::move(out), .native_only = {}};
}

}  // namespace

InChatForm nest_tools(std::string_view tools)
{
    InChatForm form;
    std::vector<std::string> nested;
    std::size_t index = 0;
    for (const auto element : elements_of(tools)) {
        const auto tool = object_of(element);
        const auto type = text_at(tool, "type");
        if (type == "function")
            nested.push_back(nested_function(tool));
        else if (type == "custom")
            nested.push_back(nested_custom(tool));
        else if (form.native_only.empty())
            form.native_only = concat("tools[", std::to_string(index), "]");
        ++index;
    }
    if (!nested.empty())
        append_array(form.json_text, nested, [&](const auto& tool) { form.json_text += tool; });
    return form;
}

InChatForm nest_tool_choice(std::string_view tool_choice)
{
    if (!tool_choice.starts_with('{'))
        return {.json_text = std::string(tool_choice), .native_only = {}};
    const auto choice = object_of(tool_choice);
    if (text_at(choice, "type") == "allowed_tools") return nested_allowed_tools(choice);
    auto nested = nested_reference(choice);
    if (nested.empty()) return {.json_text = {}, .native_only = "tool_choice"};
    return {.json_text = std::move(nested), .native_only = {}};
}

InChatForm nest_format(std::string_view format)
{
    const auto object = object_of(format);
    const auto type = text_at(object, "type");
    if (type == "text") return {};
    if (type != "json_schema") return {.json_text = std::string(format), .native_only = {}};
    std::string out;
    ObjectWriter outer(out);
    outer.field("type", type);
    ObjectWriter schema(outer.key("json_schema"));
    copy_members(object, schema, {"name", "description", "schema", "strict"});
    schema.close();
    outer.close();
    return {.json_text = std::move(out), .native_only = {}};
}

}  // namespace sluice
