#include "upstream/response_parser.hpp"

#include "upstream/read_buffer.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <string>

namespace sluice {
namespace {

namespace http = boost::beast::http;
using Fault = http::error;
using Framing = ResponseFraming;

constexpr Fault none{};
constexpr std::size_t max_head = ReadBuffer::largest;
constexpr std::string_view chunked_head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

constexpr bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool begins_with_blank(std::string_view text)
{
    return text.starts_with(' ') || text.starts_with('\t');
}

/// What it means that a line stops at these bytes, which are not its end.
Fault fault_at(std::string_view bytes, Fault fault)
{
    if (bytes.empty() || bytes == "\r") return Fault::need_more;
    return bytes.starts_with('\r') ? Fault::bad_line_ending : fault;
}

/// Takes "HTTP/1.1 200 OK" and the line's end off the bytes.
Fault take_status_line(std::string_view& bytes, int& status, Framing& framing)
{
    if (bytes.size() < 8) return Fault::need_more;
    framing.http10 = bytes.starts_with("HTTP/1.0");
    if (!framing.http10 && !bytes.starts_with("HTTP/1.1")) return Fault::bad_version;
    if (bytes.size() > 8 && bytes[8] != ' ') return Fault::bad_version;
    if (bytes.size() < 13) return Fault::need_more;
    const auto code = bytes.substr(9, 3);
    if (!std::ranges::all_of(code, is_digit) || bytes[12] != ' ') return Fault::bad_status;
    status = 100 * (code[0] - '0') + 10 * (code[1] - '0') + (code[2] - '0');
    bytes.remove_prefix(13);
    bytes.remove_prefix(find_control(bytes));
    if (!bytes.starts_with("\r\n")) return fault_at(bytes, Fault::bad_reason);
    bytes.remove_prefix(2);
    return none;
}

/// Why neither a field nor the head's end begins the bytes.
Fault fault_of_field(std::string_view bytes)
{
    if (bytes.size() < 2) return Fault::need_more;
    if (bytes.starts_with('\r')) return Fault::bad_line_ending;
    const auto colon = span_of(bytes, token_chars);
    if (colon == bytes.size()) return Fault::need_more;
    if (colon == 0 || bytes[colon] != ':') return Fault::bad_field;
    return fault_at(bytes.substr(find_control(bytes)), Fault::bad_value);
}

Fault note_connection(std::string_view value, Framing& framing)
{
    const auto options = connection_options(value);
    if (!options) return Fault::bad_value;
    framing.connection.close |= options->close;
    framing.connection.keep_alive |= options->keep_alive;
    return none;
}

/// The same number several times is one (RFC 9110, 8.6).
Fault note_length(std::string_view value, Framing& framing)
{
    if (framing.chunked) return Fault::bad_content_length;
    while (true) {
        const auto comma = value.find(',');
        const auto text = trimmed(value.substr(0, comma));
        std::uint64_t length = 0;
        const auto [end, error] = std::from_chars(text.begin(), text.end(), length);
        if (error != std::errc() || end != text.end()) return Fault::bad_content_length;
        if (framing.length.value_or(length) != length) return Fault::multiple_content_length;
        framing.length = length;
        if (comma == std::string_view::npos) return none;
        value.remove_prefix(comma + 1);
    }
}

/// What has another coding last is passed on as it comes, until the connection ends where no length
/// follows.
Fault note_encoding(std::string_view value, Framing& framing)
{
    if (framing.chunked || framing.length) return Fault::bad_transfer_encoding;
    const http::token_list codings{{value.data(), value.size()}};
    const auto chunked = std::find_if(codings.begin(), codings.end(), [](const auto& coding) {
        return iequals({coding.data(), coding.size()}, "chunked");
    });
    framing.chunked = chunked != codings.end() && std::next(chunked) == codings.end();
    return none;
}

Fault note(const HeaderField& field, Framing& framing)
{
    const auto is = [&](std::string_view name) { return iequals(field.name, name); };
    if (is("content-length")) return note_length(field.value, framing);
    if (is("transfer-encoding")) return note_encoding(field.value, framing);
    if (is("connection") || is("proxy-connection")) return note_connection(field.value, framing);
    return none;
}

/// The same lines, where a line that continues another (RFC 9112, 5.2) has become a part of it.
std::string unfolded(std::string_view lines)
{
    std::string out;
    for (auto end = lines.find("\r\n"); end != std::string_view::npos; end = lines.find("\r\n")) {
        out += lines.substr(0, end);
        lines.remove_prefix(end + 2);
        const bool goes_on = begins_with_blank(lines);
        if (goes_on) out.resize(out.find_last_not_of(" \t") + 1);
        out += goes_on ? " " : "\r\n";
        while (begins_with_blank(lines)) lines.remove_prefix(1);
    }
    out += lines;
    return out;
}

/// Takes field lines and the blank line off the bytes.
Fault take_fields(std::string_view& bytes, ResponseHead& head, Framing& framing);

/// The same where a line continues another.
Fault take_folded_fields(std::string_view& bytes, ResponseHead& head, Framing& framing)
{
    const auto end = bytes.find("\r\n\r\n");
    if (end == std::string_view::npos)
        return find_head_end(bytes, 0) == bytes.npos ? Fault::need_more : Fault::bad_line_ending;
    const auto plain = unfolded(bytes.substr(0, end + 4));
    bytes.remove_prefix(end + 4);
    framing = {.http10 = framing.http10};
    std::string_view rest = plain;
    return take_fields(rest, head, framing);
}

Fault take_fields(std::string_view& bytes, ResponseHead& head, Framing& framing)
{
    const auto lines = bytes;
    while (!bytes.starts_with("\r\n")) {
        const auto line = first_field(bytes);
        if (line.size == 0) return fault_of_field(bytes);
        bytes.remove_prefix(line.size);
        if (bytes.empty()) return Fault::need_more;  // the next line may continue this one
        if (begins_with_blank(bytes)) {
            bytes = lines;
            return take_folded_fields(bytes, head, framing);
        }
        if (const auto fault = note(line.field, framing); fault != none) return fault;
    }
    head.fields.assign(lines.substr(0, lines.size() - bytes.size()));
    bytes.remove_prefix(2);
    return none;
}

}  // namespace

ChunkedBody::ChunkedBody()
{
    body_limit(boost::none);
    BeastError error;
    put({chunked_head.data(), chunked_head.size()}, error);
}

void ResponseParser::begin(bool without_body)
{
    without_body_ = without_body;
    stage_ = Stage::head;
    seen_ = 0;
    chunks_.reset();
}

std::size_t ResponseParser::put(std::string_view bytes, ErrorCode& error)
{
    error = {};
    switch (stage_) {
        case Stage::head: return put_head(bytes, error);
        case Stage::sized:
            piece_ = bytes.substr(0, left_);
            left_ -= piece_.size();
            if (left_ == 0) stage_ = Stage::done;
            return piece_.size();
        case Stage::until_close: piece_ = bytes; return bytes.size();
        case Stage::chunked: {
            const auto taken = chunks_->put({bytes.data(), bytes.size()}, error);
            piece_ = chunks_->take_piece();
            if (chunks_->is_done()) stage_ = Stage::done;
            return taken;
        }
        case Stage::done: return 0;
    }
    return 0;
}

bool ResponseParser::put_eof()
{
    if (stage_ != Stage::until_close) return false;
    stage_ = Stage::done;
    return true;
}

std::optional<std::uint64_t> ResponseParser::left() const
{
    return stage_ == Stage::sized ? std::optional(left_) : std::nullopt;
}

/// A head that comes in pieces is looked at again when its end is there.
std::size_t ResponseParser::put_head(std::string_view bytes, ErrorCode& error)
{
    auto rest = bytes;
    const bool endless =
        seen_ > 0 && find_head_end(bytes, std::max<std::size_t>(seen_, 2) - 2) == bytes.npos;
    const auto fault = endless ? Fault::need_more : take_head(rest);
    if (fault == none) return bytes.size() - rest.size();
    seen_ = bytes.size();
    error = fault == Fault::need_more && seen_ >= max_head ? Fault::header_limit : fault;
    return 0;
}

ResponseParser::Fault ResponseParser::take_head(std::string_view& bytes)
{
    ResponseFraming framing;
    if (const auto fault = take_status_line(bytes, head_.status, framing); fault != none)
        return fault;
    if (const auto fault = take_fields(bytes, head_, framing); fault != none) return fault;
    const int status = head_.status;
    if (without_body_ || status / 100 == 1 || status == 204 || status == 304)
        stage_ = Stage::done;
    else if (framing.length)
        stage_ = *framing.length > 0 ? Stage::sized : Stage::done;
    else
        stage_ = framing.chunked ? Stage::chunked : Stage::until_close;
    if (stage_ == Stage::chunked) chunks_.emplace();
    left_ = framing.length.value_or(0);
    const auto& [close, keep_alive] = framing.connection;
    keeps_alive_ = (framing.http10 ? keep_alive : !close) && stage_ != Stage::until_close;
    return none;
}

}  // namespace sluice
