#include "api/error_body.hpp"

#include "core/json.hpp"

#include <utility>

namespace sluice {
namespace {

void field_or_null(json::ObjectWriter& object, std::string_view key, std::string_view text)
{
    if (text.empty())
        object.null(key);
    else
        object.field(key, text);
}

std::string connector_body(const Error& error, std::string_view request_id)
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

std::string panel_body(const Error& error, std::string_view request_id)
{
    std::string out;
    json::ObjectWriter body(out);
    body.field("error", error.message);
    body.field("code", code_of(error.kind));
    field_or_null(body, "param", error.param);
    body.field("retryable", is_transient(error.kind));
    body.field("request_id", request_id);
    body.close();
    return out;
}

/// The libraries tell what is the caller's fault by the status.
int sdk_status(const Error& error)
{
    const auto status = status_of(error);
    return status == 422 ? 400 : status;
}

std::string_view openai_type(const Error& error)
{
    const auto status = sdk_status(error);
    if (error.kind == ErrorKind::quota_exhausted) return "insufficient_quota";
    if (status == 401) return "authentication_error";
    if (status == 403) return "permission_error";
    if (status == 429) return "rate_limit_error";
    return status < 500 ? "invalid_request_error" : "server_error";
}

/// Programs look for these words of OpenAI's; for the rest ours are as good.
std::string_view openai_code(const Error& error)
{
    if (!error.code.empty()) return error.code;
    const auto kind = error.kind;
    if (kind == ErrorKind::context_too_long) return "context_length_exceeded";
    if (kind == ErrorKind::model_gone) return "model_not_found";
    if (kind == ErrorKind::quota_exhausted) return "insufficient_quota";
    if (kind == ErrorKind::rate_limited || kind == ErrorKind::limited) return "rate_limit_exceeded";
    if (kind == ErrorKind::unauthorized) return "invalid_api_key";
    if (kind == ErrorKind::content_filtered) return "content_filter";
    return code_of(kind);
}

void add_openai_members(json::ObjectWriter& object, const Error& error)
{
    object.field("message", error.message);
    object.field("type", openai_type(error));
    field_or_null(object, "param", error.param);
    object.field("code", openai_code(error));
}

std::string openai_body(const Error& error)
{
    std::string out;
    json::ObjectWriter body(out);
    body.raw("error", openai_error_object(error));
    body.field("object", "error");
    add_openai_members(body, error);
    body.close();
    return out;
}

std::string anthropic_body(const Error& error, std::string_view request_id)
{
    std::string out;
    json::ObjectWriter body(out);
    body.field("type", "error");
    body.raw("error", anthropic_error_object(error));
    body.field("request_id", request_id);
    body.close();
    return out;
}

std::string_view anthropic_type(const Error& error)
{
    const auto status = sdk_status(error);
    switch (status) {
        case 401: return "authentication_error";
        case 402: return "billing_error";
        case 403: return "permission_error";
        case 404: return "not_found_error";
        case 413: return "request_too_large";
        case 429: return "rate_limit_error";
        case 503: return "overloaded_error";
        case 504: return "timeout_error";
        default: return status < 500 ? "invalid_request_error" : "api_error";
    }
}

}  // namespace

ErrorForm error_form(std::string_view path)
{
    if (path.starts_with("/v1/messages")) return ErrorForm::anthropic;
    if (path.starts_with("/v1/")) return ErrorForm::openai;
    if (path.starts_with("/api/chat")) return ErrorForm::panel;
    return ErrorForm::connector;
}

ErrorReply error_reply(ErrorForm form, const Error& error, std::string_view request_id)
{
    switch (form) {
        case ErrorForm::connector: return {status_of(error), connector_body(error, request_id)};
        case ErrorForm::panel: return {status_of(error), panel_body(error, request_id)};
        case ErrorForm::openai: return {sdk_status(error), openai_body(error)};
        case ErrorForm::anthropic: return {sdk_status(error), anthropic_body(error, request_id)};
    }
    std::unreachable();
}

std::string openai_error_object(const Error& error)
{
    std::string out;
    json::ObjectWriter object(out);
    add_openai_members(object, error);
    object.close();
    return out;
}

std::string anthropic_error_object(const Error& error)
{
    std::string out;
    json::ObjectWriter object(out);
    object.field("type", anthropic_type(error)).field("message", error.message);
    object.close();
    return out;
}

}  // namespace sluice
