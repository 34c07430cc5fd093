#pragma once

#include "core/error.hpp"

#include <string>
#include <string_view>

namespace sluice {

/// Whose clients have to understand an error.
enum class ErrorForm {
    connector,  ///< {"success":false,"error":{...}}
    panel,      ///< {"error":"message",...}: the same word that ends a broken stream
    openai,     ///< {"error":{...}}, and the same members beside it, where Mistral's clients look
    anthropic,  ///< {"type":"error","error":{...}}
};
/// By the path of the request, which may be one that nothing is served at.
ErrorForm error_form(std::string_view path);

/// A complete answer to a request that failed.
struct ErrorReply {
    int status;
    std::string body;
};
ErrorReply error_reply(ErrorForm form, const Error& error, std::string_view request_id);

/// OpenAI's error object: {"message","type","param","code"}, in OpenAI's words as far as there are
/// any.
std::string openai_error_object(const Error& error);
/// Anthropic's: {"type","message"}.
std::string anthropic_error_object(const Error& error);

}  // namespace sluice
