#include "providers/gemini/tools.hpp"

#include "providers/offered_tools.hpp"
#include "providers/openai_dialect/fields.hpp"
#include "providers/tree.hpp"

#include <cstddef>
#include <utility>

namespace sluice::gemini {
namespace {

using boost::json::array;
using boost::json::object;
using boost::json::value;
using openai_dialect::unfit;
using tree::object_at;
using tree::string_at;

/// The schema goes as JSON schema: the other way to declare it, "parameters", knows only part of
/// that (no $ref, no additionalProperties).
object declaration_of(const object& function)
{
    object declaration;
    tree::copy(function, declaration, {"name", "description"});
    if (tree::has(function, "parameters"))
        declaration["parametersJsonSchema"] = function.at("parameters");
    return declaration;
}

/// The functionCallingConfig for a tool_choice. A choice among allowed tools is one among those
/// declared: Gemini takes names only where it must call one of them.
Result<object> calling_for(const value& choice, std::string_view model)
{
    const auto& form = tree::object_in(choice);
    auto word = tree::string_in(choice);
    if (word.empty() && string_at(form, "type") == "allowed_tools")
        word = string_at(object_at(form, "allowed_tools"), "mode");
    if (word == "none") return object{{"mode", "NONE"}};
    if (word == "required") return object{{"mode", "ANY"}};
    if (!word.empty()) return object{{"mode", "AUTO"}};
    if (const auto name = function_name(choice); !name.empty())
        return object{{"mode", "ANY"}, {"allowedFunctionNames", array{name}}};
    return unfit("tool_choice", model);
}

}  // namespace

Result<void> add_tools(
    const object& chat, std::string_view model, object& body, std::vector<std::string>& warnings
)
{
    array declarations;
    bool strict = false;
    std::size_t index = 0;
    for (const auto& tool : tree::array_at(chat, "tools")) {
        const auto path = concat("tools.", std::to_string(index++));
        if (!is_offered(tool, chat)) continue;
        const auto& from = tree::object_in(tool);
        const auto& function = object_at(from, "function");
        if (string_at(from, "type") != "function" || function.empty()) return unfit(path, model);
        const auto* asked = function.if_contains("strict");
        strict |= asked && *asked == true;
        declarations.push_back(declaration_of(function));
    }
    if (strict) warnings.push_back(openai_dialect::dropped("tools.function.strict", model));

    object config;
    if (tree::has(chat, "tool_choice")) {
        auto calling = calling_for(chat.at("tool_choice"), model);
        if (!calling) return std::unexpected(std::move(calling).error());
        config["functionCallingConfig"] = *std::move(calling);
    }
    if (declarations.empty()) return {};
    body["tools"] = array{object{{"functionDeclarations", std::move(declarations)}}};
    if (!config.empty()) body["toolConfig"] = std::move(config);
    return {};
}

}  // namespace sluice::gemini
