#pragma once

#include "core/error.hpp"

#include <string>
#include <string_view>

namespace sluice {

/// The body of an error on the connector surface (CONTRACT.md section 1).
std::string connector_error_body(const Error& error, std::string_view request_id);

/// OpenAI's error object: {"message","type","param","code"}.
std::string openai_error_object(const Error& error);

}  // namespace sluice
