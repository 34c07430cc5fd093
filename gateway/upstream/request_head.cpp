#include "upstream/request_head.hpp"

#include "core/append.hpp"
#include "core/http_text.hpp"

#include <string_view>

namespace sluice {
namespace {

void append_host(std::string& out, std::string_view host)
{
    const bool bracketed = host.contains(':');
    append_all(out, bracketed ? "[" : "", host, bracketed ? "]" : "");
}

}  // namespace

Result<void> format_request_head(const HttpRequest& request, const Origin& origin, std::string& out)
{
    if (!is_token(request.method))
        return fail(ErrorKind::internal, "the request's method is no token");
    if (!is_path(request.target))
        return fail(
            ErrorKind::internal, "the request's target is no path of visible ASCII characters"
        );
    if (!request.headers.fault().empty()) return fail(ErrorKind::internal, request.headers.fault());

    out.clear();
    append_all(out, request.method, " ", request.target, " HTTP/1.1\r\nHost: ");
    append_host(out, origin.host);
    if (origin.port != (origin.tls ? 443 : 80)) append_all(out, ":", origin.port);
    append_all(out, "\r\n", request.headers.text());
    const bool takes_body = request.method != "GET" && request.method != "HEAD";
    if (request.rest)
        out += "Transfer-Encoding: chunked\r\n";
    else if (takes_body || request.body_size() > 0)
        append_all(out, "Content-Length: ", request.body_size(), "\r\n");
    out += "\r\n";
    return {};
}

std::string to_string(const Origin& origin)
{
    std::string out;
    append_host(out, origin.host);
    append_all(out, ":", origin.port);
    return out;
}

}  // namespace sluice
