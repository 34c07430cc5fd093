#pragma once

#include "core/chat.hpp"
#include "core/error.hpp"
#include "providers/openai_dialect/errors.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace sluice::openai {

/// Reads a Response object as the answer to a chat request.
Result<ChatResponse> decode_responses(std::string_view body);

// What a Response object says at its end, also as part of a stream's last event.

/// A call counts before an unremarkable end, being cut short before a call.
FinishReason finish_of(const boost::json::object& response, bool has_calls);
std::optional<Usage> usage_of(const boost::json::object& response);
/// Why it failed, classified.
Error failure_of(const boost::json::object& response);
/// The same for what an error event says.
Error classify_failure(openai_dialect::ErrorFacts facts);

/// The log probabilities of an output_text in chat's form; empty where there are none.
std::string chat_logprobs(const boost::json::array& logprobs);

}  // namespace sluice::openai
