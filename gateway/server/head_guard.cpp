#include "server/head_guard.hpp"

#include "core/http.hpp"

#include <algorithm>
#include <array>

namespace sluice {
namespace {

using Verdict = std::expected<void, HeadRefusal>;

constexpr HeadRefusal too_large{431, "head_too_large", "the request head is larger than 16 KiB"};

std::unexpected<HeadRefusal> refuse(
    std::string_view reason, std::string_view message, int status = 400
)
{
    return std::unexpected(HeadRefusal{status, reason, message});
}

using CharSet = std::array<bool, 256>;

constexpr CharSet alphanumeric_and(std::string_view others)
{
    CharSet set{};
    for (int c = '0'; c <= '9'; ++c) set[static_cast<unsigned char>(c)] = true;
    for (int c = 'a'; c <= 'z'; ++c) set[static_cast<unsigned char>(c)] = true;
    for (int c = 'A'; c <= 'Z'; ++c) set[static_cast<unsigned char>(c)] = true;
    for (const char c : others) set[static_cast<unsigned char>(c)] = true;
    return set;
}
constexpr CharSet token_chars = alphanumeric_and("!#$%&'*+-.^_`|~");  // RFC 9110, 5.6.2
constexpr CharSet host_chars = alphanumeric_and("-._~%:[]");

bool consists_of(std::string_view text, const CharSet& set)
{
    return std::ranges::all_of(text, [&](char c) { return set[static_cast<unsigned char>(c)]; });
}

bool is_token(std::string_view text)
{
    return !text.empty() && consists_of(text, token_chars);
}

// The two scans below touch every byte of a head, so they have no branch that ends them early.
bool has_control(std::string_view text)
{
    bool found = false;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        found |= (byte < 0x20 && byte != '\t') || byte == 0x7f;
    }
    return found;
}

bool is_visible_ascii(std::string_view text)
{
    bool all = true;
    for (const char c : text) all &= c > 0x20 && c < 0x7f;
    return all;
}

std::string_view trimmed(std::string_view text)
{
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// What the fields say together, judged at the end.
struct Seen {
    bool http11 = false;
    int fields = 0;
    int hosts = 0;
    int authorizations = 0;
    int lengths = 0;
    int encodings = 0;
};

Verdict check_host(std::string_view value, Seen& seen)
{
    if (++seen.hosts > 1) return refuse("bad_host", "more than one Host header");
    if (value.empty() || !consists_of(value, host_chars))
        return refuse("bad_host", "the Host header names no host");
    return {};
}

Verdict check_authorization(std::string_view, Seen& seen)
{
    if (++seen.authorizations > 1)
        return refuse("bad_header", "more than one Authorization header");
    return {};
}

Verdict check_content_length(std::string_view value, Seen& seen)
{
    if (++seen.lengths > 1) return refuse("bad_framing", "more than one Content-Length header");
    if (value.empty() || value.find_first_not_of("0123456789") != std::string_view::npos)
        return refuse("bad_framing", "Content-Length is no number");
    if (value.size() > 18) return refuse("body_too_large", "the request body is too large", 413);
    return {};
}

Verdict check_transfer_encoding(std::string_view value, Seen& seen)
{
    if (++seen.encodings > 1 || !iequals(value, "chunked"))
        return refuse("bad_framing", "Transfer-Encoding may only be one \"chunked\"");
    return {};
}

Verdict check_expect(std::string_view value, Seen&)
{
    if (!iequals(value, "100-continue"))
        return refuse("bad_expectation", "Expect may only be \"100-continue\"", 417);
    return {};
}

Verdict check_connection(std::string_view value, Seen&)
{
    while (true) {
        const auto comma = value.find(',');
        const auto option = trimmed(value.substr(0, comma));
        if (!option.empty() && !is_token(option))
            return refuse("bad_header", "Connection is no list of options");
        if (comma == std::string_view::npos) return {};
        value.remove_prefix(comma + 1);
    }
}

struct FieldRule {
    std::string_view name;
    Verdict (*check)(std::string_view value, Seen& seen);
};
constexpr std::array field_rules{
    FieldRule{"host", &check_host},
    FieldRule{"authorization", &check_authorization},
    FieldRule{"content-length", &check_content_length},
    FieldRule{"transfer-encoding", &check_transfer_encoding},
    FieldRule{"expect", &check_expect},
    FieldRule{"connection", &check_connection},
    FieldRule{"proxy-connection", &check_connection},
};

Verdict check_version(std::string_view version, Seen& seen)
{
    seen.http11 = version == "HTTP/1.1";
    if (seen.http11 || version == "HTTP/1.0") return {};
    constexpr auto digit = [](char c) { return c >= '0' && c <= '9'; };
    if (version.size() == 8 && version.starts_with("HTTP/") && digit(version[5]) &&
        version[6] == '.' && digit(version[7]))
        return refuse("bad_version", "only HTTP/1.1 and HTTP/1.0 are spoken here", 505);
    return refuse("bad_request_line", "the request line does not end in an HTTP version");
}

Verdict check_request_line(std::string_view line, Seen& seen)
{
    const auto method_end = line.find(' ');
    if (method_end == std::string_view::npos || !is_token(line.substr(0, method_end)))
        return refuse("bad_request_line", "the request line does not begin with a method");
    line.remove_prefix(method_end + 1);
    const auto target = line.substr(0, line.find(' '));
    if (target.size() > max_target_size)
        return refuse("target_too_long", "the request target is longer than 8 KiB", 414);
    if (!target.starts_with('/') || !is_visible_ascii(target))
        return refuse("bad_request_line", "the request target is no plain path");
    line.remove_prefix(std::min(target.size() + 1, line.size()));
    return check_version(line, seen);
}

Verdict check_field(std::string_view line, Seen& seen)
{
    if (++seen.fields > max_field_count)
        return refuse("too_many_fields", "more than 100 header fields");
    if (line.front() == ' ' || line.front() == '\t')
        return refuse("bad_framing", "folded header lines are not accepted");
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || !is_token(line.substr(0, colon)))
        return refuse("bad_header", "a header line does not begin with a name and a colon");
    const auto value = line.substr(colon + 1);
    if (has_control(value)) return refuse("bad_header", "a control character in a header value");
    for (const auto& rule : field_rules)
        if (iequals(rule.name, line.substr(0, colon))) return rule.check(trimmed(value), seen);
    return {};
}

Verdict check_together(const Seen& seen)
{
    if (seen.http11 && seen.hosts == 0) return refuse("bad_host", "no Host header");
    if (seen.encodings > 0 && !seen.http11)
        return refuse("bad_framing", "Transfer-Encoding needs HTTP/1.1");
    if (seen.encodings > 0 && seen.lengths > 0)
        return refuse("bad_framing", "both Transfer-Encoding and Content-Length");
    return {};
}

}  // namespace

std::size_t find_head_end(std::string_view bytes, std::size_t from)
{
    for (auto at = bytes.find('\n', from); at != std::string_view::npos;
         at = bytes.find('\n', at + 1)) {
        const auto next = bytes.substr(at + 1);
        if (next.starts_with('\n')) return at + 2;
        if (next.starts_with("\r\n")) return at + 3;
    }
    return std::string_view::npos;
}

std::expected<void, HeadRefusal> check_head(std::string_view head)
{
    const auto size = head.size();
    Seen seen;
    for (bool first = true;; first = false) {
        const auto end = head.find('\n');
        if (end == std::string_view::npos || end == 0 || head[end - 1] != '\r')
            return refuse("bad_framing", "a line does not end in CR LF");
        const auto line = head.substr(0, end - 1);
        head.remove_prefix(end + 1);
        if (line.empty() && !first) break;
        const auto verdict = first ? check_request_line(line, seen) : check_field(line, seen);
        if (!verdict) return verdict;
        if (first && size > max_head_size) return std::unexpected(too_large);
    }
    if (!head.empty()) return refuse("bad_framing", "bytes after the head");
    return check_together(seen);
}

HeadRefusal refuse_endless_head(std::string_view begun)
{
    if (begun.contains('\n')) return too_large;
    return {414, "target_too_long", "the request line does not end within 16 KiB"};
}

}  // namespace sluice
