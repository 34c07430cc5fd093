#pragma once

#include <boost/json/object.hpp>

#include <string>

namespace sluice {

/// A schema in a few words as HTML: "string", "array of ChatMessage" with a link, "number, 0 to 2".
std::string type_words(const boost::json::object& schema);

/// The fields of a schema as a table, those of objects within it below them; of a union, of each
/// of its members. Empty where it has none.
std::string fields_table(const boost::json::object& schema);

}  // namespace sluice
