#include "upstream/request_head.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

namespace sluice {
namespace {

constexpr auto is_token_char = [] {
    std::array<bool, 256> table{};
    for (char c = '0'; c <= '9'; ++c) table[static_cast<unsigned char>(c)] = true;
    for (char c = 'A'; c <= 'Z'; ++c) table[static_cast<unsigned char>(c)] = true;
    for (char c = 'a'; c <= 'z'; ++c) table[static_cast<unsigned char>(c)] = true;
    for (const char c : std::string_view("!#$%&'*+-.^_`|~"))
        table[static_cast<unsigned char>(c)] = true;
    return table;
}();

bool is_token(std::string_view text)
{
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return is_token_char[static_cast<unsigned char>(c)];
    });
}

/// No control characters but tab; bytes past ASCII may stand in a value.
bool is_field_value(std::string_view text)
{
    bool control = false;  // hardly ever, so that no branch ends the look early
    for (const char c : text)
        control |= (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
    return !control;
}

bool is_target(std::string_view text)
{
    bool visible = true;
    for (const char c : text) visible &= c > 0x20 && c < 0x7f;
    return visible && text.starts_with('/');
}

bool is_connections_own(std::string_view name)
{
    constexpr std::array<std::string_view, 4> own{
        "host", "content-length", "connection", "transfer-encoding"
    };
    return std::ranges::any_of(own, [&](std::string_view header) { return iequals(name, header); });
}

void append_number(std::string& out, std::size_t number)
{
    std::array<char, 20> digits;
    const auto end = std::to_chars(digits.begin(), digits.end(), number).ptr;
    out.append(digits.begin(), end);
}

void append_host(std::string& out, std::string_view host)
{
    const bool bracketed = host.contains(':');
    if (bracketed) out += '[';
    out += host;
    if (bracketed) out += ']';
}

}  // namespace

Result<void> format_request_head(const HttpRequest& request, const Origin& origin, std::string& out)
{
    if (!is_token(request.method))
        return fail(ErrorKind::internal, "the request's method is no token");
    if (!is_target(request.target))
        return fail(
            ErrorKind::internal, "the request's target is no path of visible ASCII characters"
        );

    out.assign(request.method).append(" ").append(request.target).append(" HTTP/1.1\r\nHost: ");
    append_host(out, origin.host);
    if (origin.port != (origin.tls ? 443 : 80)) {
        out += ':';
        append_number(out, origin.port);
    }
    out += "\r\n";
    for (const auto& [name, value] : request.headers) {
        if (!is_token(name)) return fail(ErrorKind::internal, "a header's name is no token");
        if (!is_field_value(value))
            return fail(
                ErrorKind::internal,
                concat("header ", name, " contains a line break or another control character")
            );
        if (is_connections_own(name))
            return fail(
                ErrorKind::internal, concat("header ", name, " is not the request's to set")
            );
        out.append(name).append(": ").append(value).append("\r\n");
    }
    const bool takes_body = request.method != "GET" && request.method != "HEAD";
    if (request.rest) {
        out += "Transfer-Encoding: chunked\r\n";
    } else if (takes_body || request.body_size() > 0) {
        out += "Content-Length: ";
        append_number(out, request.body_size());
        out += "\r\n";
    }
    out += "\r\n";
    return {};
}

std::string to_string(const Origin& origin)
{
    std::string out;
    append_host(out, origin.host);
    out += ':';
    append_number(out, origin.port);
    return out;
}

}  // namespace sluice
