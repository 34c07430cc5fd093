#include "server/head_guard.hpp"

#include "core/http_text.hpp"

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

/// Without the blanks around it.
std::string_view trimmed(std::string_view text)
{
    constexpr auto is_blank = [](char c) { return (c == ' ') | (c == '\t'); };
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
    return text;
}

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
    while (true) {
        const auto comma = value.find(',');
        const auto option = trimmed(value.substr(0, comma));
        if (!option.empty() && !is_token(option))
            return refuse("bad_header", "Connection is no list of options");
        draft.head.close |= iequals(option, "close");
        if (comma == std::string_view::npos) return {};
        value.remove_prefix(comma + 1);
    }
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

Verdict take_version(std::string_view version, RequestHead& head)
{
    head.http10 = head.close = version == "HTTP/1.0";
    if (head.http10 || version == "HTTP/1.1") return {};
    constexpr auto digit = [](char c) { return c >= '0' && c <= '9'; };
    if (version.size() == 8 && version.starts_with("HTTP/") && digit(version[5]) &&
        version[6] == '.' && digit(version[7]))
        return refuse("bad_version", "only HTTP/1.1 and HTTP/1.0 are spoken here", 505);
    return refuse("bad_request_line", "the request line does not end in an HTTP version");
}

Verdict take_request_line(std::string_view line, RequestHead& head)
{
    const auto method_end = span_of(line, token_chars);
    if (method_end == 0 || !line.substr(method_end).starts_with(' '))
        return refuse("bad_request_line", "the request line does not begin with a method");
    head.method = line.substr(0, method_end);
    line.remove_prefix(method_end + 1);
    head.target = line.substr(0, line.find(' '));
    if (head.target.size() > max_target_size)
        return refuse("target_too_long", "the request target is longer than 8 KiB", 414);
    if (!is_path(head.target))
        return refuse("bad_request_line", "the request target is no plain path");
    line.remove_prefix(std::min(head.target.size() + 1, line.size()));
    return take_version(line, head);
}

struct Line {
    std::string_view text;
    bool has_control = false;
};

/// Takes the next line off the bytes; nullopt where it does not end as it must.
std::optional<Line> take_line(std::string_view& bytes)
{
    auto end = find_control(bytes);
    const bool has_control = !bytes.substr(end).starts_with("\r\n");
    if (has_control) {
        end = bytes.find('\n') - 1;  // which wraps around both ways
        if (end >= bytes.size() || bytes[end] != '\r') return std::nullopt;
    }
    const Line line{bytes.substr(0, end), has_control};
    bytes.remove_prefix(end + 2);
    return line;
}

Verdict take_field(Line line, Draft& draft)
{
    auto text = line.text;
    if (draft.head.fields.size() == max_field_count)
        return refuse("too_many_fields", "more than 100 header fields");
    if (text.front() == ' ' || text.front() == '\t')
        return refuse("bad_framing", "folded header lines are not accepted");
    const auto name = text.substr(0, span_of(text, token_chars));
    text.remove_prefix(name.size());
    if (name.empty() || !text.starts_with(':'))
        return refuse("bad_header", "a header line does not begin with a name and a colon");
    if (line.has_control) return refuse("bad_header", "a control character in a header value");
    const auto value = trimmed(text.substr(1));
    draft.head.fields.push_back({name, value});
    const auto* rule = rule_for(name);
    return rule ? rule->take(value, draft) : Verdict{};
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
    for (bool first = true;; first = false) {
        const auto line = take_line(bytes);
        if (!line) return refuse("bad_framing", "a line does not end in CR LF");
        if (line->text.empty() && !first) break;
        const auto verdict = first ? take_request_line(line->text, head) : take_field(*line, draft);
        if (!verdict) return verdict;
        if (large) return std::unexpected(too_large);
    }
    if (!bytes.empty()) return refuse("bad_framing", "bytes after the head");
    return check_together(draft);
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
