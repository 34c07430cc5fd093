#include "server/refusal.hpp"

#include "api/error_body.hpp"
#include "core/error.hpp"
#include "core/json.hpp"

namespace sluice {
namespace {

std::string_view code_for(const HeadRefusal& refusal)
{
    switch (refusal.status) {
        case 400: return code_of(ErrorKind::malformed);
        case 413: return code_of(ErrorKind::payload_too_large);
        case 500: return code_of(ErrorKind::internal);
        default: return refusal.reason;
    }
}

ErrorKind kind_of(int status)
{
    if (status == 413) return ErrorKind::payload_too_large;
    return status == 500 ? ErrorKind::internal : ErrorKind::malformed;
}

/// Of the request line; empty where there is none.
std::string_view path_of(std::string_view head)
{
    const auto begin = head.find(' ');
    if (begin == head.npos) return {};
    head.remove_prefix(begin + 1);
    return head.substr(0, head.find_first_of(" ?\r\n"));
}

std::string connector_body(const HeadRefusal& refusal, std::string_view request_id)
{
    std::string out;
    json::ObjectWriter body(out);
    body.field("success", false);
    json::ObjectWriter error(body.key("error"));
    error.field("code", code_for(refusal))
        .field("type", refusal.status == 500 ? "gateway" : "invalid_request")
        .field("message", refusal.message)
        .null("param")
        .null("provider")
        .field("status", refusal.status)
        .field("retryable", false)
        .field("request_id", request_id);
    error.close();
    body.close();
    return out;
}

std::string body_in(ErrorForm form, const HeadRefusal& refusal, std::string_view request_id)
{
    if (form == ErrorForm::connector) return connector_body(refusal, request_id);
    const Error error{.kind = kind_of(refusal.status), .message = std::string(refusal.message)};
    return error_reply(form, error, request_id).body;
}

}  // namespace

RefusalAnswer refusal_answer(
    const HeadRefusal& refusal, std::string_view head, std::string_view request_id
)
{
    const auto form = error_form(path_of(head));
    RefusalAnswer answer{
        .headers =
            {{"Content-Type", "application/json"},
             {"x-request-id", request_id},
             {"x-should-retry", "false"}},
        .body = body_in(form, refusal, request_id),
    };
    if (form == ErrorForm::anthropic) answer.headers.push_back({"request-id", request_id});
    return answer;
}

}  // namespace sluice
