#pragma once

#include "core/error.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// The items of responses that were kept: each has the array of its own input and the whole
/// response object, as JSON text.
namespace sluice {

std::string id_of_response(std::string_view response);
/// Appends the input's items, then those of the response's output.
void append_items(
    std::vector<std::string>& items, std::string_view input, std::string_view response
);
/// The ids of the output's items.
std::vector<std::string> output_ids(std::string_view response);
/// The output item of this id; nullopt where there is none.
std::optional<std::string> find_output(std::string_view response, std::string_view id);

/// The array to keep of a request's own items.
std::string input_json(std::span<const std::string> items);
/// The answer to GET /v1/responses/{id}/input_items with this query: a page of the items, each with
/// an id, the latest first unless asked otherwise. Error: invalid_request, a parameter that makes
/// no sense.
Result<std::string> input_items_page(
    std::string_view response_id, std::string_view input, std::string_view query
);

}  // namespace sluice
