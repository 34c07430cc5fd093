#pragma once

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

namespace sluice::openai {

/// Chat's tools, tool_choice and response_format in the flat forms of the Responses API. Tools of
/// types that chat has not are the API's own and stay as they are.
boost::json::array flatten_tools(const boost::json::array& tools);
boost::json::value flatten_tool_choice(const boost::json::value& choice);
boost::json::value flatten_format(const boost::json::value& response_format);

}  // namespace sluice::openai
