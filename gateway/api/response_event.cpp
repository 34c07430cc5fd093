#include "api/response_event.hpp"

#include "api/error_body.hpp"
#include "api/json_look.hpp"

namespace sluice {

using json::ObjectWriter;

void EventNumbers::append_failure(
    std::string& out, const Error& error, std::string_view failed_response
)
{
    const auto nested = openai_error_object(error);
    append(out, "error", [&](ObjectWriter& data) {
        copy_members(object_of(nested), data, {"code", "message"});
        data.raw("param", value_or(object_of(nested), "param", "null")).raw("error", nested);
    });
    append(out, "response.failed", [&](ObjectWriter& data) {
        data.raw("response", failed_response);
    });
}

std::string response_error_json(const Error& error)
{
    const auto object = object_of(openai_error_object(error));
    // The few codes that this object may have.
    const bool limited = text_at(object, "code") == "rate_limit_exceeded";
    std::string out;
    ObjectWriter writer(out);
    writer.field("code", limited ? "rate_limit_exceeded" : "server_error");
    copy_members(object, writer, {"message", "type"});
    writer.close();
    return out;
}

}  // namespace sluice
