#pragma once

#include "core/chat.hpp"

#include <string>

namespace sluice {

/// The canonical request of a /v1/messages body, Anthropic's own format: native is what the caller
/// wrote, document says the same to everybody else (provider-apis.md 3.1), and native_only names
/// what it cannot say. ErrorKind::malformed where the body is no JSON, and
/// ErrorKind::invalid_request, with the JSON path in Error::param, where it breaks a rule of the
/// format. What has no rule is passed on to Anthropic and means nothing to others.
Result<ChatRequest> parse_messages_request(std::string body);

/// The same of a /v1/messages/count_tokens body, which has no max_tokens.
Result<ChatRequest> parse_token_count_request(std::string body);

}  // namespace sluice
