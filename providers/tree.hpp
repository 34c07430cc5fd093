#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstdint>
#include <initializer_list>
#include <string_view>

/// Looking into JSON trees whose shape others decide: what is missing or of another kind reads as
/// empty.
namespace sluice::tree {

const boost::json::object& object_in(const boost::json::value& from);
const boost::json::object& object_at(const boost::json::object& from, std::string_view key);
const boost::json::array& array_at(const boost::json::object& from, std::string_view key);
std::string_view string_in(const boost::json::value& from);
std::string_view string_at(const boost::json::object& from, std::string_view key);
/// A whole number, also as a float (cut off); 0 for anything else.
std::int64_t integer_at(const boost::json::object& from, std::string_view key);
/// True where the key stands there and is not null.
bool has(const boost::json::object& from, std::string_view key);
/// Copies the members of these names that are there and not null.
void copy(
    const boost::json::object& from,
    boost::json::object& to,
    std::initializer_list<std::string_view> keys
);

}  // namespace sluice::tree
