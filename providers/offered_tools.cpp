#include "providers/offered_tools.hpp"

#include "providers/tree.hpp"

#include <algorithm>

namespace sluice {

using tree::object_at;

std::string_view function_name(const boost::json::value& tool)
{
    return tree::string_at(object_at(tree::object_in(tool), "function"), "name");
}

bool is_offered(const boost::json::value& tool, const boost::json::object& chat)
{
    const auto& choice = object_at(chat, "tool_choice");
    if (tree::string_at(choice, "type") != "allowed_tools") return true;
    const auto& allowed = tree::array_at(object_at(choice, "allowed_tools"), "tools");
    return std::ranges::find(allowed, function_name(tool), function_name) != allowed.end();
}

}  // namespace sluice
