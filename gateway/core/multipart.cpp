#include "core/multipart.hpp"

#include "core/http.hpp"

#include <algorithm>

namespace sluice {
namespace {

constexpr std::size_t max_head = 16 * 1024;
constexpr std::size_t max_padding = 256;  // of a line with a delimiter
constexpr std::size_t max_boundary = 70;  // RFC 2046, 5.1.1

/// Takes one `; name=value` off the text; nullopt where none is left. A quoted value keeps its
/// backslashes: some clients mean them, as in a path.
struct Parameter {
    std::string_view name, value;
};
std::optional<Parameter> take_parameter(std::string_view& text)
{
    const auto begin = text.find(';');
    if (begin == text.npos) return std::nullopt;
    text.remove_prefix(begin + 1);
    const auto equals = text.find('=');
    if (equals == text.npos) return std::nullopt;
    Parameter found{.name = trimmed(text.substr(0, equals)), .value = {}};
    text = text.substr(equals + 1);
    text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
    if (!text.starts_with('"')) {
        found.value = trimmed(text.substr(0, text.find(';')));
        return found;
    }
    auto end = text.find('"', 1);
    while (end != text.npos && text[end - 1] == '\\') end = text.find('"', end + 1);
    found.value = text.substr(1, end == text.npos ? end : end - 1);
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
    return found;
}

std::unexpected<Error> malformed(std::string_view what)
{
    return fail(ErrorKind::malformed, concat("the form is malformed: ", what));
}

/// A line break or a quote in a value would end the header it is written in.
void append_parameter(std::string& out, std::string_view name, std::string_view value)
{
    out.append("; ").append(name).append("=\"");
    for (std::size_t i = 0; i < value.size(); ++i) {
        const char c = value[i];
        const bool escaped = i > 0 && value[i - 1] == '\\';
        if (c == '\r' || c == '\n' || c == '\0')
            out += ' ';
        else if (c == '"' && !escaped)
            out += "%22";
        else
            out += c;
    }
    if (value.ends_with('\\')) out += ' ';
    out += '"';
}

}  // namespace

std::optional<std::string> multipart_boundary(std::string_view content_type)
{
    const auto type = trimmed(content_type.substr(0, content_type.find(';')));
    if (!iequals(type, "multipart/form-data")) return std::nullopt;
    while (const auto parameter = take_parameter(content_type)) {
        if (!iequals(parameter->name, "boundary")) continue;
        const auto is_plain = [](char c) { return c >= ' ' && c <= '~'; };
        const auto size = parameter->value.size();
        if (size == 0 || size > max_boundary || !std::ranges::all_of(parameter->value, is_plain))
            return std::nullopt;
        return std::string(parameter->value);
    }
    return std::nullopt;
}

MultipartParser::MultipartParser(std::string_view boundary)
    : delimiter_(concat("\r\n--", boundary)),
      buffer_("\r\n")  // the first delimiter may have no line before it
{
}

void MultipartParser::feed(std::string_view bytes)
{
    buffer_.erase(0, at_);
    at_ = 0;
    buffer_ += bytes;
}

Result<MultipartParser::Step> MultipartParser::next()
{
    while (true) {
        switch (state_) {
            case State::preamble:
                if (!skip_preamble()) return Step::need_more;
                break;
            case State::after_delimiter: {
                auto step = read_delimiter_end();
                if (!step || *step == Step::need_more) return step;
                break;
            }
            case State::head: return read_head();
            case State::content: return read_content();
            case State::done: return Step::end;
        }
    }
}

/// What stands before the first delimiter means nothing.
bool MultipartParser::skip_preamble()
{
    const auto found = rest().find(delimiter_);
    if (found == std::string_view::npos) {
        at_ = buffer_.size() - std::min(rest().size(), delimiter_.size() - 1);
        return false;
    }
    at_ += found + delimiter_.size();
    state_ = State::after_delimiter;
    return true;
}

Result<MultipartParser::Step> MultipartParser::read_delimiter_end()
{
    if (rest().starts_with("--")) {
        state_ = State::done;
        return Step::end;
    }
    const auto line = rest().find("\r\n");
    if (line == std::string_view::npos) {
        if (rest().size() > max_padding) return malformed("a delimiter has no end");
        return Step::need_more;
    }
    if (!trimmed(rest().substr(0, line)).empty())
        return malformed("something stands behind a delimiter");
    at_ += line;  // the line break may be the head's end as well
    state_ = State::head;
    return Step::part;
}

Result<MultipartParser::Step> MultipartParser::read_head()
{
    const auto end = rest().find("\r\n\r\n");
    if (end == std::string_view::npos || end > max_head) {
        if (rest().size() > max_head) return malformed("the head of a part is too long");
        return Step::need_more;
    }
    name_.clear();
    filename_.reset();
    content_type_.clear();
    auto head = rest().substr(0, end + 2);
    head.remove_prefix(2);
    while (!head.empty()) {
        const auto line = head.substr(0, head.find("\r\n"));
        head.remove_prefix(line.size() + 2);
        if (auto read = read_header(line); !read) return std::unexpected(std::move(read).error());
    }
    if (name_.empty()) return malformed("a part has no name");
    at_ += end + 4;
    state_ = State::content;
    return Step::part;
}

Result<void> MultipartParser::read_header(std::string_view line)
{
    const auto colon = line.find(':');
    if (colon == line.npos) return malformed("a header of a part has no colon");
    const auto header = line.substr(0, colon);
    auto value = line.substr(colon + 1);
    if (iequals(header, "content-type")) content_type_ = trimmed(value);
    if (!iequals(header, "content-disposition")) return {};
    if (!iequals(trimmed(value.substr(0, value.find(';'))), "form-data"))
        return malformed("a part is no form-data");
    while (const auto parameter = take_parameter(value)) {
        if (iequals(parameter->name, "name")) name_ = parameter->value;
        if (iequals(parameter->name, "filename")) filename_ = parameter->value;
    }
    return {};
}

MultipartParser::Step MultipartParser::read_content()
{
    const auto text = rest();
    const auto found = text.find(delimiter_);
    if (found == 0) {
        at_ += delimiter_.size();
        state_ = State::after_delimiter;
        return Step::part_end;
    }
    auto certain = found;
    if (found == text.npos) {
        // A delimiter holds one carriage return, its first byte: only the last may begin one.
        const auto last = text.rfind('\r');
        const bool begun = last != text.npos && delimiter_.starts_with(text.substr(last));
        certain = begun ? last : text.size();
    }
    if (certain == 0) return Step::need_more;
    data_ = text.substr(0, certain);
    at_ += certain;
    return Step::data;
}

void MultipartWriter::begin_part(std::string& out, std::string_view name)
{
    out.append("--").append(boundary_).append("\r\nContent-Disposition: form-data");
    append_parameter(out, "name", name);
}

void MultipartWriter::field(std::string& out, std::string_view name, std::string_view value)
{
    begin_part(out, name);
    out.append("\r\n\r\n").append(value).append("\r\n");
}

void MultipartWriter::begin_file(
    std::string& out,
    std::string_view name,
    std::string_view filename,
    std::string_view content_type
)
{
    begin_part(out, name);
    append_parameter(out, "filename", filename);
    out += "\r\nContent-Type: ";
    const auto is_plain = [](char c) { return c >= ' ' && c <= '~'; };
    const bool sound = !content_type.empty() && std::ranges::all_of(content_type, is_plain);
    out.append(sound ? content_type : "application/octet-stream").append("\r\n\r\n");
}

void MultipartWriter::end(std::string& out)
{
    out.append("--").append(boundary_).append("--\r\n");
}

std::string MultipartWriter::content_type() const
{
    return concat("multipart/form-data; boundary=", boundary_);
}

}  // namespace sluice
