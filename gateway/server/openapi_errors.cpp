#include "server/openapi_errors.hpp"

#include "core/error.hpp"

#include <boost/json/parse.hpp>

#include <utility>

namespace sluice {

namespace {

/// Whether an endpoint's answer may say so.
bool may_answer(const ApiEndpoint& endpoint, ErrorKind kind)
{
    const bool asks_provider = endpoint.access == Access::model;
    switch (kind) {
        case ErrorKind::malformed:
        case ErrorKind::payload_too_large:
        case ErrorKind::internal: return true;
        case ErrorKind::unauthorized: return endpoint.access != Access::open;
        case ErrorKind::invalid_request:
            return endpoint.access != Access::open && endpoint.access != Access::metrics;
        case ErrorKind::not_found: return endpoint.access == Access::caller;
        case ErrorKind::overloaded_here: return endpoint.access != Access::open;
        case ErrorKind::unknown_provider: return endpoint.surface == Surface::connector;
        case ErrorKind::method_not_allowed:  // another method than the described one
        case ErrorKind::cancelled:           // nobody is there to read it
        case ErrorKind::stream_interrupted:  // the stream's last event says so
            return false;
        case ErrorKind::unfit:
        case ErrorKind::limited:
        case ErrorKind::circuit_open:
        case ErrorKind::not_configured:
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
        case ErrorKind::bad_response: return asks_provider;
    }
    std::unreachable();
}

/// Where the word stands that clients go by.
std::string_view place_of_code(ErrorForm form)
{
    switch (form) {
        case ErrorForm::connector:
        case ErrorForm::openai: return "/error/code";
        case ErrorForm::panel: return "/code";
        case ErrorForm::anthropic: return "/error/type";
    }
    std::unreachable();
}

}  // namespace

std::map<int, std::string> error_codes(const ApiEndpoint& endpoint)
{
    const auto form = error_form(endpoint.path);
    std::map<int, std::string> all;
    for (int i = 0; i < error_kind_count; ++i) {
        const auto kind = static_cast<ErrorKind>(i);
        if (!may_answer(endpoint, kind)) continue;
        const auto [status, body] = error_reply(form, {.kind = kind}, "");
        const auto tree = boost::json::parse(body);
        const auto code = concat("`", tree.at_pointer(place_of_code(form)).as_string(), "`");
        auto& codes = all[status];
        if (codes.contains(code)) continue;
        codes.append(codes.empty() ? "" : ", ").append(code);
    }
    return all;
}

std::string_view name_of(ErrorForm form)
{
    switch (form) {
        case ErrorForm::connector: return "Connector";
        case ErrorForm::panel: return "Panel";
        case ErrorForm::openai: return "OpenAI";
        case ErrorForm::anthropic: return "Anthropic";
    }
    std::unreachable();
}

std::string_view name_of(Access access)
{
    switch (access) {
        case Access::open: return "open";
        case Access::metrics: return "metrics";
        case Access::caller: return "caller";
        case Access::model: return "model";
    }
    std::unreachable();
}

}  // namespace sluice
