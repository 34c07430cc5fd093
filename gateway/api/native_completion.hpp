#pragma once

#include "api/chat_form.hpp"
#include "core/chat.hpp"

#include <string>
#include <string_view>

/// A provider's own chat completions for callers of the same dialect: every byte as it came, save
/// what the callers' libraries cannot take (provider-apis.md section 7.2).
namespace sluice {

/// Appends a chat.completion.chunk with one choice, without usage and without the padding against
/// traffic analysis. False, and nothing appended, where it is not of the form that every client
/// accepts; opening: it is the first of its choice, and has to say the role.
bool append_native_chunk(std::string& out, std::string_view data, bool opening);
/// A chunk of the above with this usage object; empty: as it is.
std::string with_usage(const std::string& chunk, std::string_view usage);

/// response.native with what is missing, or of a form that clients refuse, put in from the rest of
/// the response.
std::string native_completion(const ChatResponse& response, const AnswerFacts& facts);

}  // namespace sluice
