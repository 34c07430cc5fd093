#pragma once

#include "api/chat_form.hpp"
#include "core/chat.hpp"

#include <string>
#include <string_view>

/// A provider's own chat completions for callers of the same dialect: every byte as it came, save
/// what the callers' libraries cannot take (provider-apis.md section 7.2).
namespace sluice {

/// Whether the chat.completion.chunk that the delta was read from is of the form that every client
/// accepts, and can go out as it came; opening: it is the first of its choice, and has to say the
/// role.
bool serves_as_it_came(const ChatDelta& delta, bool opening);
/// Appends that chunk, without usage and without the padding against traffic analysis.
void append_native_chunk(std::string& out, const ChatDelta& delta);
/// A chunk of the above with this usage object; empty: as it is.
std::string with_usage(std::string chunk, std::string_view usage);

/// response.native with what is missing, or of a form that clients refuse, put in from the rest of
/// the response.
std::string native_completion(ChatResponse&& response, const AnswerFacts& facts);

}  // namespace sluice
