#pragma once

#include <boost/json/object.hpp>

#include <string>

namespace sluice::gemini {

/// A logprobsResult in the form of chat completions, as JSON text; empty where it has none.
std::string chat_logprobs(const boost::json::object& result);

}  // namespace sluice::gemini
