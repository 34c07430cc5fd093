#include "api/error_body.hpp"

#include "core/json.hpp"

namespace sluice {
namespace {

void field_or_null(json::ObjectWriter& object, std::string_view key, std::string_view text)
{
    if (text.empty())
        object.null(key);
    else
        object.field(key, text);
}

}  // namespace

std::string connector_error_body(const Error& error, std::string_view request_id)
{
    std::string out;
    json::ObjectWriter body(out);
    body.field("success", false);
    json::ObjectWriter object(body.key("error"));
    object.field("code", code_of(error.kind));
    object.field("type", type_of(error));
    object.field("message", error.message);
    field_or_null(object, "param", error.param);
    field_or_null(object, "provider", error.provider);
    object.field("status", error.upstream_status ? error.upstream_status : status_of(error));
    object.field("retryable", is_transient(error.kind));
    object.field("request_id", request_id);
    object.close();
    body.close();
    return out;
}

std::string openai_error_object(const Error& error)
{
    std::string out;
    json::ObjectWriter object(out);
    object.field("message", error.message);
    object.field("type", type_of(error));
    field_or_null(object, "param", error.param);
    object.field("code", code_of(error.kind));
    object.close();
    return out;
}

}  // namespace sluice
