#include "server/head_guard.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

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

constexpr CharSet digits = [] {
    CharSet set{};
    for (std::size_t c = '0'; c <= '9'; ++c) set[c] = true;
    return set;
}();
constexpr CharSet host_chars = alphanumeric_and("-._~%:[]");

/// A head in the making, and which fields it had that may stand there once.
struct Draft {
    RequestHead& head;
    bool host = false;
    bool authorization = false;
};

Verdict take_host(std::string_view value, Draft& draft)
{
    if (std::exchange(draft.host, true)) return refuse("bad_host", "more than one Host header");
    if (value.empty() || span_of(value, host_chars) < value.size())
        return refuse("bad_host", "the Host header names no host");
    return {};
}

Verdict take_authorization(std::string_view, Draft& draft)
{
    if (std::exchange(draft.authorization, true))
        return refuse("bad_header", "more than one Authorization header");
    return {};
}

Verdict take_content_length(std::string_view value, Draft& draft)
{
    if (draft.head.length) return refuse("bad_framing", "more than one Content-Length header");
    if (value.empty() || span_of(value, digits) < value.size())
        return refuse("bad_framing", "Content-Length is no number");
    if (value.size() > 18) return refuse("body_too_large", "the request body is too large", 413);
    std::from_chars(value.begin(), value.end(), draft.head.length.emplace());
    return {};
}

Verdict take_transfer_encoding(std::string_view value, Draft& draft)
{
    if (std::exchange(draft.head.chunked, true) || !iequals(value, "chunked"))
        return refuse("bad_framing", "Transfer-Encoding may only be one \"chunked\"");
    return {};
}

Verdict take_expect(std::string_view value, Draft& draft)
{
    if (!iequals(value, "100-continue"))
        return refuse("bad_expectation", "Expect may only be \"100-continue\"", 417);
    draft.head.expects_continue = !draft.head.http10;
    return {};
}

Verdict take_connection(std::string_view value, Draft& draft)
{
    const auto options = connection_options(value);
    if (!options) return refuse("bad_header", "Connection is no list of options");
    draft.head.close |= options->close;
    return {};
}

struct FieldRule {
    std::string_view name;
    Verdict (*take)(std::string_view value, Draft& draft);
};
constexpr std::array field_rules{
    FieldRule{"host", &take_host},
    FieldRule{"authorization", &take_authorization},
    FieldRule{"content-length", &take_content_length},
    FieldRule{"transfer-encoding", &take_transfer_encoding},
    FieldRule{"expect", &take_expect},
    FieldRule{"connection", &take_connection},
    FieldRule{"proxy-connection", &take_connection},
};

/// No two of these names are of one length.
constexpr auto rules_by_length = [] {
    std::array<const FieldRule*, 18> rules{};
    for (const auto& rule : field_rules) {
        if (rules.at(rule.name.size())) throw "two rules for one length";
        rules[rule.name.size()] = &rule;
    }
    return rules;
}();

const FieldRule* rule_for(std::string_view name)
{
    if (name.size() >= rules_by_length.size()) return nullptr;
    const auto* rule = rules_by_length[name.size()];
    return rule && iequals(rule->name, name) ? rule : nullptr;
}

/// The version and the end of its line.
Verdict take_version(std::string_view& bytes, RequestHead& head)
{
    constexpr std::string_view http11 = "HTTP/1.1\r\n";
    head.http10 = head.close = bytes.starts_with("HTTP/1.0\r\n");
    if (head.http10 || bytes.starts_with(http11)) {
        bytes.remove_prefix(http11.size());
        return {};
    }
    constexpr auto digit = [](char c) { return c >= '0' && c <= '9'; };
    const auto version = bytes.substr(0, bytes.find("\r\n"));
    if (version.size() == 8 && version.starts_with("HTTP/") && digit(version[5]) &&
        version[6] == '.' && digit(version[7]))
        return refuse("bad_version", "only HTTP/1.1 and HTTP/1.0 are spoken here", 505);
    return refuse("bad_request_line", "the request line does not end in an HTTP version");
}

Verdict take_request_line(std::string_view& bytes, RequestHead& head)
{
    const auto method_end = span_of(bytes, token_chars);
    if (method_end == 0 || !bytes.substr(method_end).starts_with(' '))
        return refuse("bad_request_line", "the request line does not begin with a method");
    auto rest = bytes.substr(method_end + 1);
    head.method = bytes.substr(0, method_end);
    head.target = rest.substr(0, visible_size(rest));
    if (head.target.size() > max_target_size)
        return refuse("target_too_long", "the request target is longer than 8 KiB", 414);
    rest.remove_prefix(head.target.size());
    const bool ends_well = rest.starts_with(' ') || rest.starts_with("\r\n");
    if (!head.target.starts_with('/') || !ends_well)
        return refuse("bad_request_line", "the request target is no plain path");
    if (rest.starts_with(' ')) rest.remove_prefix(1);
    auto verdict = take_version(rest, head);
    if (verdict) bytes = rest;
    return verdict;
}

/// Takes the next field off the bytes.
Verdict take_field(std::string_view& bytes, Draft& draft)
{
    if (draft.head.fields.size() == max_field_count)
        return refuse("too_many_fields", "more than 100 header fields");
    const auto line = first_field(bytes);
    if (line.size == 0) {
        if (bytes.starts_with(' ') || bytes.starts_with('\t'))
            return refuse("bad_framing", "folded header lines are not accepted");
        if (!bytes.substr(span_of(bytes, token_chars)).starts_with(':') || bytes.starts_with(':'))
            return refuse("bad_header", "a header line does not begin with a name and a colon");
        return refuse("bad_header", "a control character in a header value");
    }
    bytes.remove_prefix(line.size);
    draft.head.fields.push_back(line.field);
    const auto* rule = rule_for(line.field.name);
    return rule ? rule->take(line.field.value, draft) : Verdict{};
}

/// True where the first line ends as it must.
bool ends_in_crlf(std::string_view bytes)
{
    const auto end = bytes.find('\n');
    return end != std::string_view::npos && bytes.substr(0, end).ends_with('\r');
}

Verdict check_together(const Draft& draft)
{
    const auto& head = draft.head;
    if (!head.http10 && !draft.host) return refuse("bad_host", "no Host header");
    if (head.chunked && head.http10)
        return refuse("bad_framing", "Transfer-Encoding needs HTTP/1.1");
    if (head.chunked && head.length)
        return refuse("bad_framing", "both Transfer-Encoding and Content-Length");
    return {};
}

Verdict take_apart(std::string_view bytes, RequestHead& head)
{
    const bool large = bytes.size() > max_head_size;
    Draft draft{head};
    auto line = bytes;
    auto verdict = take_request_line(bytes, head);
    if (verdict && large) return std::unexpected(too_large);
    while (verdict && !bytes.starts_with("\r\n")) {
        line = bytes;
        verdict = take_field(bytes, draft);
    }
    if (!verdict) {
        // A line that is wrong in itself may be wrong because it has no end.
        if (!ends_in_crlf(line)) return refuse("bad_framing", "a line does not end in CR LF");
        return verdict;
    }
    if (bytes.size() > 2) return refuse("bad_framing", "bytes after the head");
    return check_together(draft);
}

}  // namespace

std::expected<void, HeadRefusal> check_head(std::string_view head, RequestHead& out)
{
    const auto restart = [&] {
        out.fields.clear();
        out = {.fields = std::move(out.fields)};
    };
    restart();
    auto verdict = take_apart(head, out);
    if (!verdict) restart();
    return verdict;
}

HeadRefusal refuse_endless_head(std::string_view begun)
{
    if (begun.contains('\n')) return too_large;
    return {414, "target_too_long", "the request line does not end within 16 KiB"};
}

}  // namespace sluice
