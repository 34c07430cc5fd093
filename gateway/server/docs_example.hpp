#pragma once

#include <boost/json/object.hpp>

#include <string>
#include <string_view>

namespace sluice {

/// How to ask for an operation of an OpenAPI document with curl, by the examples in it.
std::string curl_command(
    const boost::json::object& document,
    std::string_view path,
    std::string_view method,
    const boost::json::object& operation
);

}  // namespace sluice
