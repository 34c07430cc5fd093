#pragma once

#include "core/chat.hpp"
#include "core/error.hpp"

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// A request to /v1/responses, its fields checked.
struct ResponsesRequest {
    json::Document document;         ///< as the caller sent it
    std::vector<std::string> input;  ///< JSON text of each item; a plain string became a message
    std::string model;
    std::string previous;  ///< id of the response to continue; empty: none
    bool store = true;     ///< the answer is to be kept
};

/// ErrorKind::invalid_request with the field's path.
Result<ResponsesRequest> parse_responses_request(std::string body);

/// The ids that item_reference items name, in their order.
std::vector<std::string> item_references(const ResponsesRequest& request);
/// Puts the items of these ids in the places of their references. One that stands in the history is
/// there already, and is not repeated. Error: invalid_request, an id that nobody knows.
Result<void> resolve_references(
    ResponsesRequest& request,
    std::span<const std::string> history,
    const std::map<std::string, std::string>& found
);

/// The chat that the request means, after the items of what it continues (provider-apis.md 1.8,
/// read from right to left), beside the caller's own object with that history in it.
Result<ChatRequest> translate_to_chat(
    const ResponsesRequest& request, std::span<const std::string> history
);

}  // namespace sluice
