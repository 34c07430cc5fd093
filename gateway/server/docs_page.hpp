#pragma once

#include <boost/json/object.hpp>

#include <string>

namespace sluice {

/// An OpenAPI document as a page that needs no script. Its style is at docs/style.css.
std::string docs_page(const boost::json::object& document);

}  // namespace sluice
