#pragma once

#include <boost/json/object.hpp>

#include <string_view>

namespace sluice {

/// The member of that name; empty where it is no text.
inline std::string_view text_of(const boost::json::object& object, std::string_view key)
{
    const auto* found = object.if_contains(key);
    return found && found->is_string() ? std::string_view(found->get_string()) : "";
}

/// The object itself, or the component of the document that it refers to.
inline const boost::json::object& resolved(
    const boost::json::object& document, const boost::json::object& object
)
{
    const auto reference = text_of(object, "$ref");
    if (reference.empty()) return object;
    constexpr std::string_view root = "#/components";
    return document.at("components").at_pointer(reference.substr(root.size())).as_object();
}

}  // namespace sluice
