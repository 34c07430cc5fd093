#include "server/refusal.hpp"

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

}  // namespace

std::string refusal_body(const HeadRefusal& refusal, std::string_view request_id)
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

}  // namespace sluice
