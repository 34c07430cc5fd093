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

std::string host_line(const Origin& origin)
{
    std::string out = " HTTP/1.1\r\nHost: ";
    append_host(out, origin.host);
    if (origin.port != (origin.tls ? 443 : 80)) append_all(out, ":", origin.port);
    out += "\r\n";
    return out;
}

Result<void> format_request_head(
    const HttpRequest& request, std::string_view host_line, std::string& out
)
{
    if (!is_token(request.method))
        return fail(ErrorKind::internal, "the request's method is no token");
    if (!is_path(request.target))
        return fail(
            ErrorKind::internal, "the request's target is no path of visible ASCII characters"
        );
    if (!request.headers.fault().empty()) return fail(ErrorKind::internal, request.headers.fault());

    const auto write = [&](const auto&... framing) {
        const auto& fields = request.headers.text();
        out.clear();
        append_all(out, request.method, " ", request.target, host_line, fields, framing...);
    };
    const bool takes_body = request.method != "GET" && request.method != "HEAD";
    if (request.rest)
        write("Transfer-Encoding: chunked\r\n\r\n");
    else if (takes_body || request.body_size() > 0)
        write("Content-Length: ", request.body_size(), "\r\n\r\n");
    else
        write("\r\n");
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
