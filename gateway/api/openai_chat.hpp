#pragma once

#include "core/chat.hpp"

#include <string>

namespace sluice {

/// The canonical request of a chat completions body. ErrorKind::malformed where it is no JSON, and
/// ErrorKind::invalid_request, with the JSON path in Error::param, where it breaks a rule of
/// CONTRACT.md section 1. Fields without a rule are accepted as they are; null is as good as
/// absent.
Result<ChatRequest> parse_chat_request(std::string body);

}  // namespace sluice
