#include "core/json_cursor.hpp"

#include "core/json.hpp"
#include "core/json_value.hpp"
#include "core/text_scan.hpp"

namespace sluice::json {
namespace {

bool is_space(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

const char* pass_digits(const char* p, const char* end)
{
    while (p != end && *p >= '0' && *p <= '9') ++p;
    return p;
}

}  // namespace

void RawText::append_to(std::string& out) const
{
    if (escaped)
        append_unescaped(out, chars);
    else
        out += chars;
}

std::string RawText::str() const
{
    if (!escaped) return std::string(chars);
    std::string out;
    append_unescaped(out, chars);
    return out;
}

bool Cursor::fail(const char* reason)
{
    if (!reason_) reason_ = reason;
    end_ = at_;
    fresh_ = false;
    return false;
}

Error Cursor::error() const
{
    return {
        .kind = ErrorKind::malformed,
        .message =
            concat("invalid JSON at byte ", std::to_string(offset()), ": ", reason_ ? reason_ : "")
    };
}

[[gnu::noinline]] char Cursor::pass_space()
{
    while (at_ != end_ && is_space(*at_)) ++at_;
    return current();
}

/// Nearly always a short key stands between a comma and a colon, and no white space anywhere. What
/// is not found like that here is left to find_key(). No data: the object has ended.
std::string_view Cursor::pass_key()
{
    const char* p = at_;
    if (current() == '}') {
        leave();
        return {};
    }
    constexpr std::ptrdiff_t room = 2 + 16 + 2;  // for the comma, quotes, a short key and the rest
    if (end_ - p < room) return find_key();
    if (!fresh_ && *p++ != ',') return find_key();
    if (*p++ != '"') return find_key();
    const char* quote = special_in_16(p);
    if (!quote && end_ - p >= 16 + room) quote = special_in_16(p + 16);
    if (!quote) return find_key();
    if (std::string_view(quote, 2) != "\":" || quote[2] <= ' ') return find_key();
    fresh_ = false;
    at_ = quote + 2;
    return {p, quote};
}

[[gnu::noinline]] std::string_view Cursor::find_key()
{
    if (!next_item('}')) return {};
    const char* const begin = at_;
    const auto passed = pass_string();
    if (passed == String::wrong) return {};
    const std::string_view raw(begin + 1, at_ - 1);
    if (!pass_colon()) return {};
    return passed == String::plain ? raw : unescaped(raw);
}

std::string_view Cursor::skip()
{
    if (!begin_value()) return {};
    const char* const begin = at_;
    return pass_value() ? std::string_view(begin, at_) : std::string_view();
}

std::string_view Cursor::raw_string()
{
    if (!begin_value()) return {};
    const char* const begin = at_;
    return pass_string() != String::wrong ? std::string_view(begin, at_) : std::string_view();
}

/// Resolves the escapes of what stood between quotes.
std::string_view Cursor::unescaped(std::string_view raw)
{
    unescaped_.clear();
    append_unescaped(unescaped_, raw);
    return unescaped_;
}

std::string_view Cursor::take_number()
{
    if (!begin_value()) return {};
    const char* const begin = at_;
    return pass_number() ? std::string_view(begin, at_) : std::string_view();
}

std::optional<double> Cursor::number()
{
    return as_number(take_number());
}

std::optional<std::int64_t> Cursor::integer()
{
    if (const auto plain = digits()) return plain;
    return as_integer(take_number());
}

std::optional<std::int64_t> Cursor::digits()
{
    constexpr std::ptrdiff_t most = 18;  // no more can overflow
    std::int64_t value = 0;
    const char* p = at_;
    for (const char* const end = end_ - p > most ? p + most : end_; p != end; ++p) {
        if (*p < '0' || *p > '9') break;
        value = value * 10 + (*p - '0');
    }
    const bool ends = p != end_ && (*p == ',' || *p == '}' || *p == ']');
    if (!ends || p == at_ || (*at_ == '0' && p - at_ > 1)) return std::nullopt;
    at_ = p;
    return value;
}

std::optional<bool> Cursor::boolean()
{
    if (!begin_value()) return std::nullopt;
    const bool value = current() == 't';
    if (!pass_literal(value ? "true" : "false")) return std::nullopt;
    return value;
}

bool Cursor::finish()
{
    if (!ok()) return false;
    skip_space();
    if (depth_ > 0) return fail("unfinished");
    if (fresh_) return fail("expected a value");
    return at_ == end_ || fail("text after the value");
}

bool Cursor::pass_value()
{
    const char c = current();
    return c == '{' || c == '[' ? pass_container() : pass_scalar();
}

/// Passes over one container with all that it contains, without recursion.
bool Cursor::pass_container()
{
    const int outside = depth_;
    std::uint64_t objects = 0;  // bit d: the container at depth d is an object
    while (true) {
        const char c = current();
        if (c == '{' || c == '[') {
            if (!descend()) return false;
            const auto bit = std::uint64_t{1} << depth_;
            objects = c == '{' ? objects | bit : objects & ~bit;
        } else if (!pass_scalar()) {
            return false;
        }
        // On to the next value, out of every container that ends before it.
        while (true) {
            const bool object = objects >> depth_ & 1;
            if (next_item(object ? '}' : ']')) {
                if (object && (pass_string() == String::wrong || !pass_colon())) return false;
                break;
            }
            if (!ok()) return false;
            if (depth_ == outside) return true;
        }
    }
}

bool Cursor::pass_scalar()
{
    switch (current()) {
        case '"': return pass_string() != String::wrong;
        case 't': return pass_literal("true");
        case 'f': return pass_literal("false");
        case 'n': return pass_literal("null");
        case '\0': return fail(at_ != end_ ? "expected a value" : "unexpected end");
        default: return pass_number();
    }
}

/// A string of more than a few plain characters.
Cursor::String Cursor::pass_long_string()
{
    bool escaped = false;
    const char* const p = pass_text(at_ + 1, end_, escaped);
    if (p != end_ && *p == '"') {
        at_ = p + 1;
        return escaped ? String::escaped : String::plain;
    }
    const char* wrong = p == end_                          ? "unterminated string"
                        : *p == '\\'                       ? "wrong escape in a string"
                        : static_cast<signed char>(*p) < 0 ? "invalid UTF-8"
                                                           : "control character in a string";
    at_ = p;
    fail(wrong);
    return String::wrong;
}

bool Cursor::pass_number()
{
    const auto is = [this](char c) { return current() == c; };
    const auto digits = [this] {
        const char* const begin = at_;
        at_ = pass_digits(begin, end_);
        return at_ != begin;
    };
    const bool negative = is('-');
    if (negative) ++at_;
    if (is('0'))
        ++at_;
    else if (!digits())
        return fail(negative ? "expected a digit" : "expected a value");
    if (is('.')) {
        ++at_;
        if (!digits()) return fail("expected a digit");
    }
    if (is('e') || is('E')) {
        ++at_;
        if (is('+') || is('-')) ++at_;
        if (!digits()) return fail("expected a digit");
    }
    return true;
}

bool Cursor::pass_literal(std::string_view word)
{
    if (!rest().starts_with(word)) return fail("expected a value");
    at_ += word.size();
    return true;
}

}  // namespace sluice::json
