#include "core/append.hpp"
#include "core/json.hpp"
#include "core/text_scan.hpp"

#include <boost/json/parse.hpp>

namespace sluice::json {
namespace {

void append_escaped(std::string& out, char c)
{
    constexpr std::string_view digits = "0123456789abcdef";
    switch (c) {
        case '"': out += "\\\""; return;
        case '\\': out += "\\\\"; return;
        case '\b': out += "\\b"; return;
        case '\f': out += "\\f"; return;
        case '\n': out += "\\n"; return;
        case '\r': out += "\\r"; return;
        case '\t': out += "\\t"; return;
        default:
            out += "\\u00";
            out += digits[static_cast<unsigned char>(c) >> 4];
            out += digits[static_cast<unsigned char>(c) & 15];
    }
}

/// Quotes a text with something in it that a JSON string cannot hold as it is, or that is no ASCII.
void append_with_escapes(std::string& out, std::string_view text)
{
    out += '"';
    const char* const end = text.data() + text.size();
    const char* copied = text.data();
    const auto copy_up_to = [&](const char* p) {
        out.append(copied, static_cast<std::size_t>(p - copied));
    };
    const char* p = copied;
    while ((p = pass_plain(p, end)) != end) {
        if (const char* after = pass_multibyte(p, end); after != p) {
            p = after;
            continue;
        }
        copy_up_to(p);
        if (static_cast<signed char>(*p) < 0)
            out += "\xEF\xBF\xBD";  // U+FFFD
        else
            append_escaped(out, *p);
        copied = ++p;
    }
    copy_up_to(end);
    out += '"';
}

}  // namespace

void append_quoted(std::string& out, std::string_view text)
{
    const char* const end = text.data() + text.size();
    if (pass_plain(text.data(), end) != end) return append_with_escapes(out, text);
    append_all(out, '"', text, '"');
}

void append_number(std::string& out, double value)
{
    append_all(out, value);
}

void append_number(std::string& out, std::int64_t value)
{
    append_all(out, value);
}

void append_value(std::string& out, const boost::json::value& value)
{
    switch (value.kind()) {
        case boost::json::kind::null: out += "null"; return;
        case boost::json::kind::bool_: out += value.get_bool() ? "true" : "false"; return;
        case boost::json::kind::int64: append_all(out, value.get_int64()); return;
        case boost::json::kind::uint64: append_all(out, value.get_uint64()); return;
        case boost::json::kind::double_: append_number(out, value.get_double()); return;
        case boost::json::kind::string: append_quoted(out, value.get_string()); return;
        case boost::json::kind::array: {
            out += '[';
            const char* comma = "";
            for (const auto& element : value.get_array()) {
                out += std::exchange(comma, ",");
                append_value(out, element);
            }
            out += ']';
            return;
        }
        case boost::json::kind::object: {
            ObjectWriter object(out);
            for (const auto& member : value.get_object())
                append_value(object.key(member.key()), member.value());
            object.close();
            return;
        }
    }
}

std::string quoted(std::string_view text)
{
    std::string out;
    out.reserve(text.size() + 2);
    append_quoted(out, text);
    return out;
}

std::string serialize(const boost::json::value& value)
{
    std::string out;
    append_value(out, value);
    return out;
}

Result<boost::json::value> parse_tree(std::string_view text)
{
    boost::json::error_code error;
    const boost::json::parse_options options{.max_depth = max_depth};
    auto value = boost::json::parse(text, error, {}, options);
    if (error) return fail(ErrorKind::malformed, concat("invalid JSON: ", error.message()));
    return value;
}

std::string& ObjectWriter::key(std::string_view name)
{
    if (!std::exchange(first_, false)) out_ += ',';
    append_quoted(out_, name);
    return out_ += ':';
}

ObjectWriter& ObjectWriter::field(std::string_view name, std::string_view text)
{
    append_quoted(key(name), text);
    return *this;
}

ObjectWriter& ObjectWriter::field(std::string_view name, double value)
{
    append_number(key(name), value);
    return *this;
}

ObjectWriter& ObjectWriter::field(std::string_view name, std::int64_t value)
{
    append_number(key(name), value);
    return *this;
}

ObjectWriter& ObjectWriter::field(std::string_view name, bool value)
{
    key(name) += value ? "true" : "false";
    return *this;
}

ObjectWriter& ObjectWriter::raw(std::string_view name, std::string_view json_text)
{
    key(name) += json_text;
    return *this;
}

}  // namespace sluice::json
