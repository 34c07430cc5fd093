#include "providers/mistral/tools.hpp"

#include "providers/openai_dialect/fields.hpp"
#include "providers/tree.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <string>
#include <utility>

namespace sluice::mistral {
namespace {

using boost::json::object;
using boost::json::value;
using openai_dialect::unfit;
using tree::object_at;
using tree::string_at;

/// Tools that Mistral runs itself, described in its own terms.
constexpr std::array<std::string_view, 6> built_in{
    "web_search",
    "web_search_premium",
    "code_interpreter",
    "image_generation",
    "document_library",
    "connector"
};

std::string_view function_name(const value& tool)
{
    return string_at(object_at(tree::object_in(tool), "function"), "name");
}

Result<value> translate_tool(const value& tool, std::string_view path, std::string_view model)
{
    const auto& from = tree::object_in(tool);
    const auto type = string_at(from, "type");
    if (std::ranges::find(built_in, type) != built_in.end()) return tool;
    if (type != "function") return unfit(path, model);
    object function;
    tree::copy(
        object_at(from, "function"), function, {"name", "description", "parameters", "strict"}
    );
    if (!function.contains("parameters"))
        function["parameters"] = {{"type", "object"}, {"properties", object{}}};
    return object{{"type", "function"}, {"function", std::move(function)}};
}

void keep_allowed(boost::json::array& tools, const boost::json::array& allowed)
{
    const auto is_allowed = [&](const value& tool) {
        return std::ranges::find(allowed, function_name(tool), function_name) != allowed.end();
    };
    boost::json::array kept;
    std::ranges::copy_if(tools, std::back_inserter(kept), is_allowed);
    tools = std::move(kept);
}

value choice_word(std::string_view word)
{
    return word == "required" ? value("any") : value(word);
}

}  // namespace

Result<void> add_tools(const object& chat, std::string_view model, object& body)
{
    boost::json::array tools;
    for (const auto& tool : tree::array_at(chat, "tools")) {
        auto translated =
            translate_tool(tool, concat("tools.", std::to_string(tools.size())), model);
        if (!translated) return std::unexpected(std::move(translated).error());
        tools.push_back(*std::move(translated));
    }

    if (tree::has(chat, "tool_choice")) {
        const auto& choice = chat.at("tool_choice");
        const auto& form = tree::object_in(choice);
        if (const auto word = tree::string_in(choice); !word.empty()) {
            body["tool_choice"] = choice_word(word);
        } else if (string_at(form, "type") == "allowed_tools") {
            const auto& allowed = object_at(form, "allowed_tools");
            keep_allowed(tools, tree::array_at(allowed, "tools"));
            body["tool_choice"] = choice_word(string_at(allowed, "mode"));
        } else if (const auto name = function_name(choice); !name.empty()) {
            body["tool_choice"] = {{"type", "function"}, {"function", {{"name", name}}}};
        } else {
            return unfit("tool_choice", model);
        }
    }
    if (!tools.empty()) body["tools"] = std::move(tools);
    return {};
}

}  // namespace sluice::mistral
