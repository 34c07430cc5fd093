#include "providers/anthropic/tools.hpp"

#include "providers/anthropic/parts.hpp"
#include "providers/offered_tools.hpp"
#include "providers/openai_dialect/fields.hpp"
#include "providers/tree.hpp"

#include <cstddef>
#include <string>
#include <utility>

namespace sluice::anthropic {
namespace {

using boost::json::array;
using boost::json::object;
using boost::json::value;
using openai_dialect::unfit;
using tree::object_at;
using tree::string_at;

/// The schema must say that it is an object's.
object input_schema(const object& function)
{
    object schema{{"type", "object"}};
    for (const auto& member : object_at(function, "parameters"))
        schema[member.key()] = member.value();
    if (schema.size() == 1) schema["properties"] = object{};
    return schema;
}

Result<object> translate_tool(const object& tool, std::string_view path, std::string_view model)
{
    if (string_at(tool, "type") != "function") return unfit(path, model);
    const auto& function = object_at(tool, "function");
    object to;
    tree::copy(function, to, {"name", "description"});
    to["input_schema"] = input_schema(function);
    tree::copy(function, to, {"strict"});
    copy_cache_control(function, to);
    copy_cache_control(tool, to);
    return to;
}

Result<object> choice_of_word(std::string_view word, std::string_view model)
{
    if (word == "auto" || word == "none") return object{{"type", word}};
    if (word == "required") return object{{"type", "any"}};
    return unfit("tool_choice", model);
}

/// Empty: left to the model.
Result<object> translate_choice(const object& chat, std::string_view model)
{
    if (!tree::has(chat, "tool_choice")) return object{};
    const auto& choice = chat.at("tool_choice");
    if (choice.is_string()) return choice_of_word(choice.get_string(), model);
    const auto& form = tree::object_in(choice);
    if (string_at(form, "type") == "allowed_tools")
        return choice_of_word(string_at(object_at(form, "allowed_tools"), "mode"), model);
    const auto name = function_name(choice);
    if (name.empty()) return unfit("tool_choice", model);
    return object{{"type", "tool"}, {"name", name}};
}

}  // namespace

Result<void> add_tools(const object& chat, std::string_view model, object& body)
{
    array tools;
    std::size_t index = 0;
    for (const auto& tool : tree::array_at(chat, "tools")) {
        const auto path = concat("tools.", std::to_string(index++));
        if (!is_offered(tool, chat)) continue;
        auto translated = translate_tool(tree::object_in(tool), path, model);
        if (!translated) return std::unexpected(std::move(translated).error());
        tools.push_back(*std::move(translated));
    }
    auto choice = translate_choice(chat, model);
    if (!choice) return std::unexpected(std::move(choice).error());
    if (tools.empty()) return {};  // no choice either, which is refused without tools

    const auto* parallel = chat.if_contains("parallel_tool_calls");
    if (parallel && *parallel == false && string_at(*choice, "type") != "none") {
        choice->emplace("type", "auto");  // where there is none yet
        choice->emplace("disable_parallel_tool_use", true);
    }
    body["tools"] = std::move(tools);
    if (!choice->empty()) body["tool_choice"] = *std::move(choice);
    return {};
}

bool forces_tool(const object& body)
{
    const auto type = string_at(object_at(body, "tool_choice"), "type");
    return type == "any" || type == "tool";
}

}  // namespace sluice::anthropic
