#include "providers/mistral/tools.hpp"

#include "providers/offered_tools.hpp"
#include "providers/openai_dialect/fields.hpp"
#include "providers/tree.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
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

value choice_word(std::string_view word)
{
    return word == "required" ? value("any") : value(word);
}

}  // namespace

Result<void> add_tools(const object& chat, std::string_view model, object& body)
{
    boost::json::array tools;
    std::size_t index = 0;
    for (const auto& tool : tree::array_at(chat, "tools")) {
        const auto path = concat("tools.", std::to_string(index++));
        if (!is_offered(tool, chat)) continue;
        auto translated = translate_tool(tool, path, model);
        if (!translated) return std::unexpected(std::move(translated).error());
        tools.push_back(*std::move(translated));
    }

    if (tree::has(chat, "tool_choice")) {
        const auto& choice = chat.at("tool_choice");
        const auto& form = tree::object_in(choice);
        if (const auto word = tree::string_in(choice); !word.empty()) {
            body["tool_choice"] = choice_word(word);
        } else if (string_at(form, "type") == "allowed_tools") {
            body["tool_choice"] = choice_word(string_at(object_at(form, "allowed_tools"), "mode"));
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
