#include "api/messages_tools.hpp"

#include "api/json_array.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {
namespace {

constexpr std::size_t most_tools = 128;     // of chat completions
constexpr std::size_t longest_name = 64;    // likewise
constexpr std::size_t longest_given = 128;  // of Anthropic

/// nullopt where it is no name, or too long a one for chat completions.
std::optional<std::string> function_name(const CheckedObject& from)
{
    constexpr std::string_view allowed =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
    auto name = from.required_text("name");
    if (name.empty() || name.size() > longest_given || name.find_first_not_of(allowed) != name.npos)
        from.refuse("name", "must be 1 to 128 letters, digits, '_' and '-'");
    else if (name.size() > longest_name)
        from.cannot_be_expressed("name");
    else
        return name;
    return std::nullopt;
}

std::optional<std::string> tool_json(const CheckedObject& tool)
{
    if (const auto type = tool.text("type"); !type.empty() && type != "custom") {
        tool.cannot_be_expressed();
        return std::nullopt;
    }
    const auto name = function_name(tool);
    const auto schema = tool.required_object("input_schema");
    const auto description = tool.text("description");
    const bool strict = tool.flag("strict");
    if (!name) return std::nullopt;

    std::string out;
    json::ObjectWriter written(out);
    written.field("type", "function");
    json::ObjectWriter function(written.key("function"));
    function.field("name", *name);
    if (!description.empty()) function.field("description", description);
    function.raw("parameters", schema.json());
    if (strict) function.field("strict", true);
    function.close();
    written.close();
    return out;
}

void add_tool_choice(json::ObjectWriter& chat, const CheckedObject& choice)
{
    const auto type = choice.required_text("type");
    if (type == "auto" || type == "none") {
        chat.field("tool_choice", type);
    } else if (type == "any") {
        chat.field("tool_choice", "required");
    } else if (type != "tool") {
        choice.refuse("type", "must be one of auto, any, tool, none; got another string");
    } else if (const auto name = function_name(choice)) {
        json::ObjectWriter written(chat.key("tool_choice"));
        written.field("type", "function");
        json::ObjectWriter function(written.key("function"));
        function.field("name", *name).close();
        written.close();
    }
    if (choice.flag("disable_parallel_tool_use")) chat.field("parallel_tool_calls", false);
}

}  // namespace

void add_chat_tools(json::ObjectWriter& chat, const CheckedObject& request)
{
    std::vector<std::string> tools;
    request.for_each_in("tools", [&](const CheckedObject& tool) {
        if (auto json = tool_json(tool)) tools.push_back(*std::move(json));
    });
    if (tools.size() > most_tools) {
        request.cannot_be_expressed("tools");
        tools.resize(most_tools);
    }
    if (!tools.empty()) {
        auto& out = chat.key("tools");
        append_array(out, tools, [&](const std::string& tool) { out += tool; });
    }
    // A choice among no tools is one that OpenAI refuses.
    if (request.has("tool_choice") && !tools.empty())
        add_tool_choice(chat, request.object("tool_choice"));
}

}  // namespace sluice
