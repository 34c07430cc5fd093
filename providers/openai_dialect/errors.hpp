#pragma once

#include "core/error.hpp"
#include "core/http.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace sluice::openai_dialect {

/// What a provider says of a failure, whatever the form of the body it says it in.
struct ErrorFacts {
    std::string message;
    std::string type;
    std::string code;  ///< also where the server sent a number
    std::string param;
};

/// The facts of a body, or of a stream event, that reports a failure: an object with a non-null
/// "error" (object or text), or one that calls itself an error ("object":"error", "type":"error").
/// nullopt: it reports none.
std::optional<ErrorFacts> find_error(std::string_view body);

/// The Error for these facts, by what they say first and by status then (provider-apis.md section
/// 8). status is 200 for a failure reported inside a successful answer. The message is made safe.
Error classify(int status, ErrorFacts facts, std::span<const Header> headers);

/// Classifies a response that is no success: any body form of the dialect, HTML, text, nothing.
Error decode_error(const HttpResponse& response);

/// A provider's text as callers may see it: credentials masked, at most 500 bytes.
std::string safe_message(std::string_view text);

/// "messages[2].name" as "messages.2.name".
std::string dotted(std::string_view path);

/// False for a path that cannot be left out of a request without changing what it says: the
/// messages, the model, the text of a message and their like.
bool may_be_left_out(std::string_view dotted_path);

}  // namespace sluice::openai_dialect
