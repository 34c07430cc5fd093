#include "core/error.hpp"

namespace sluice {

std::string_view code_of(ErrorKind kind)
{
    switch (kind) {
        case ErrorKind::malformed: return "malformed_request";
        case ErrorKind::invalid_request: return "invalid_request";
        case ErrorKind::unauthorized: return "unauthorized";
        case ErrorKind::not_found: return "not_found";
        case ErrorKind::method_not_allowed: return "method_not_allowed";
        case ErrorKind::unknown_provider: return "unknown_provider";
        case ErrorKind::payload_too_large: return "payload_too_large";
        case ErrorKind::unfit: return "unsupported_by_target";
        case ErrorKind::cancelled: return "cancelled";
        case ErrorKind::internal: return "internal_error";
        case ErrorKind::limited: return "limit_exceeded";
        case ErrorKind::overloaded_here: return "gateway_overloaded";
        case ErrorKind::circuit_open: return "circuit_open";
        case ErrorKind::not_configured: return "provider_not_configured";
        case ErrorKind::connect_timeout: return "connect_timeout";
        case ErrorKind::response_timeout: return "response_timeout";
        case ErrorKind::first_token_timeout: return "first_token_timeout";
        case ErrorKind::idle_timeout: return "idle_timeout";
        case ErrorKind::deadline_exceeded: return "deadline_exceeded";
        case ErrorKind::unreachable: return "upstream_unreachable";
        case ErrorKind::rejected: return "upstream_rejected";
        case ErrorKind::unsupported_parameter: return "unsupported_parameter";
        case ErrorKind::context_too_long: return "context_length_exceeded";
        case ErrorKind::content_filtered: return "content_filtered";
        case ErrorKind::credential_refused: return "upstream_auth_failed";
        case ErrorKind::quota_exhausted: return "quota_exhausted";
        case ErrorKind::model_gone: return "model_not_found";
        case ErrorKind::rate_limited: return "rate_limited";
        case ErrorKind::overloaded: return "upstream_overloaded";
        case ErrorKind::server_error: return "upstream_error";
        case ErrorKind::bad_response: return "bad_response";
        case ErrorKind::stream_interrupted: return "stream_interrupted";
    }
    std::unreachable();
}

int status_of(const Error& error)
{
    switch (error.kind) {
        case ErrorKind::malformed: return 400;
        case ErrorKind::invalid_request: return 422;
        case ErrorKind::unauthorized: return 401;
        case ErrorKind::not_found: return 404;
        case ErrorKind::method_not_allowed: return 405;
        case ErrorKind::unknown_provider: return 404;
        case ErrorKind::payload_too_large: return 413;
        case ErrorKind::unfit: return 422;
        case ErrorKind::cancelled: return 499;
        case ErrorKind::internal: return 500;
        case ErrorKind::limited: return 429;
        case ErrorKind::overloaded_here: return 503;
        case ErrorKind::circuit_open: return 503;
        case ErrorKind::not_configured: return 503;
        case ErrorKind::connect_timeout:
        case ErrorKind::response_timeout:
        case ErrorKind::first_token_timeout:
        case ErrorKind::idle_timeout:
        case ErrorKind::deadline_exceeded: return 504;
        case ErrorKind::unreachable: return 502;
        case ErrorKind::rejected:
            return error.upstream_status >= 400 && error.upstream_status < 500
                       ? error.upstream_status
                       : 400;
        case ErrorKind::unsupported_parameter: return 400;
        case ErrorKind::context_too_long: return 400;
        case ErrorKind::content_filtered: return 400;
        case ErrorKind::credential_refused:
            if (!error.own_key) return 502;  // the caller's gateway key is fine
            return error.upstream_status == 403 ? 403 : 401;
        case ErrorKind::quota_exhausted: return 429;
        case ErrorKind::model_gone: return 404;
        case ErrorKind::rate_limited: return 429;
        case ErrorKind::overloaded: return 503;
        case ErrorKind::server_error: return 502;
        case ErrorKind::bad_response: return 502;
        case ErrorKind::stream_interrupted: return 502;
    }
    std::unreachable();
}

std::string_view type_of(const Error& error)
{
    switch (error.kind) {
        case ErrorKind::malformed:
        case ErrorKind::invalid_request:
        case ErrorKind::not_found:
        case ErrorKind::method_not_allowed:
        case ErrorKind::unknown_provider:
        case ErrorKind::payload_too_large:
        case ErrorKind::unfit:
        case ErrorKind::cancelled: return "invalid_request";
        case ErrorKind::unauthorized: return "authentication";
        case ErrorKind::limited: return "limit";
        case ErrorKind::internal:
        case ErrorKind::overloaded_here:
        case ErrorKind::circuit_open:
        case ErrorKind::not_configured: return "gateway";
        case ErrorKind::connect_timeout:
        case ErrorKind::response_timeout:
        case ErrorKind::first_token_timeout:
        case ErrorKind::idle_timeout:
        case ErrorKind::deadline_exceeded:
        case ErrorKind::unreachable:
        case ErrorKind::rejected:
        case ErrorKind::unsupported_parameter:
        case ErrorKind::context_too_long:
        case ErrorKind::content_filtered:
        case ErrorKind::credential_refused:
        case ErrorKind::quota_exhausted:
        case ErrorKind::model_gone:
        case ErrorKind::rate_limited:
        case ErrorKind::overloaded:
        case ErrorKind::server_error:
        case ErrorKind::bad_response:
        case ErrorKind::stream_interrupted: return "upstream";
    }
    std::unreachable();
}

bool is_transient(ErrorKind kind)
{
    switch (kind) {
        case ErrorKind::limited:
        case ErrorKind::overloaded_here:
        case ErrorKind::circuit_open:
        case ErrorKind::connect_timeout:
        case ErrorKind::response_timeout:
        case ErrorKind::first_token_timeout:
        case ErrorKind::idle_timeout:
        case ErrorKind::deadline_exceeded:
        case ErrorKind::unreachable:
        case ErrorKind::rate_limited:
        case ErrorKind::overloaded:
        case ErrorKind::server_error:
        case ErrorKind::bad_response:
        case ErrorKind::stream_interrupted: return true;
        case ErrorKind::malformed:
        case ErrorKind::invalid_request:
        case ErrorKind::unauthorized:
        case ErrorKind::not_found:
        case ErrorKind::method_not_allowed:
        case ErrorKind::unknown_provider:
        case ErrorKind::payload_too_large:
        case ErrorKind::unfit:
        case ErrorKind::cancelled:
        case ErrorKind::internal:
        case ErrorKind::not_configured:
        case ErrorKind::rejected:
        case ErrorKind::unsupported_parameter:
        case ErrorKind::context_too_long:
        case ErrorKind::content_filtered:
        case ErrorKind::credential_refused:
        case ErrorKind::quota_exhausted:
        case ErrorKind::model_gone: return false;
    }
    std::unreachable();
}

}  // namespace sluice
