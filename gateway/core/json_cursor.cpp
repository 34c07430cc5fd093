#include "core/hex.hpp"
#include "core/json.hpp"
#include "core/json_value.hpp"
#include "core/text_scan.hpp"

namespace sluice::json {
namespace {

constexpr std::uint64_t bit(int depth)
{
    return std::uint64_t{1} << depth;
}
constexpr bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/// The code unit of the escape \uXXXX that begins at p; -1 where none does.
int code_unit(const char* p, const char* end)
{
    if (end - p < 6 || p[0] != '\\' || p[1] != 'u') return -1;
    int unit = 0;
    for (int i = 2; i < 6; ++i) {
        const int digit = hex_digit(p[i]);
        if (digit < 0) return -1;
        unit = unit * 16 + digit;
    }
    return unit;
}

bool is_short_escape(char c)
{
    switch (c) {
        case '"':
        case '\\':
        case '/':
        case 'b':
        case 'f':
        case 'n':
        case 'r':
        case 't': return true;
        default: return false;
    }
}

/// The length of the escape that begins at p, a surrogate pair being one; 0 where it is wrong.
std::size_t escape_length(const char* p, const char* end)
{
    if (end - p < 2) return 0;
    if (is_short_escape(p[1])) return 2;
    const int unit = code_unit(p, end);
    if (unit < 0) return 0;
    if (unit < 0xD800 || unit > 0xDFFF) return 6;
    const int low = code_unit(p + 6, end);
    return unit < 0xDC00 && low >= 0xDC00 && low <= 0xDFFF ? 12 : 0;
}

}  // namespace

bool Cursor::fail(const char* reason)
{
    reason_ = reason;
    failed_ = true;
    return false;
}

Error Cursor::error() const
{
    return {
        .kind = ErrorKind::malformed,
        .message = concat("invalid JSON at byte ", std::to_string(at_), ": ", reason_)
    };
}

void Cursor::skip_space()
{
    while (at_ < text_.size()) {
        const char c = text_[at_];
        if (static_cast<unsigned char>(c) > ' ') return;  // nearly always, and at once
        if (c != ' ' && c != '\n' && c != '\r' && c != '\t') return;
        ++at_;
    }
}

Cursor::Kind Cursor::peek()
{
    if (failed_) return Kind::none;
    skip_space();
    switch (const char c = current()) {
        case '{': return Kind::object;
        case '[': return Kind::array;
        case '"': return Kind::string;
        case 't':
        case 'f': return Kind::boolean;
        case 'n': return Kind::null;
        default: return c == '-' || is_digit(c) ? Kind::number : Kind::none;
    }
}

/// Moves to the value that the caller is about to consume.
bool Cursor::begin_value()
{
    if (failed_) return false;
    skip_space();
    if (depth_ == 0) {
        if (!(unread_ & bit(0))) return fail("text after the value");
        unread_ &= ~bit(0);
    }
    return true;
}

bool Cursor::descend()
{
    if (depth_ == max_depth) return fail("nested too deep");
    ++depth_;
    ++at_;
    unread_ |= bit(depth_);
    return true;
}

void Cursor::leave()
{
    ++at_;
    --depth_;
}

bool Cursor::enter_object()
{
    if (!begin_value()) return false;
    return current() == '{' ? descend() : fail("expected an object");
}

bool Cursor::enter_array()
{
    if (!begin_value()) return false;
    return current() == '[' ? descend() : fail("expected an array");
}

/// Moves to the next item of the innermost container, past the comma before it; false where the
/// container ended and has been left.
bool Cursor::next_item(char closing)
{
    skip_space();
    const bool first = unread_ & bit(depth_);
    unread_ &= ~bit(depth_);
    if (current() == closing) {
        leave();
        return false;
    }
    if (first) return true;
    if (current() != ',')
        return fail(closing == '}' ? "expected ',' or '}'" : "expected ',' or ']'");
    ++at_;
    skip_space();
    return true;
}

std::optional<std::string_view> Cursor::next_key()
{
    if (failed_ || !next_item('}')) return std::nullopt;
    const auto begin = at_;
    bool escaped = false;
    if (!pass_string(&escaped)) return std::nullopt;
    const auto raw = text_.substr(begin + 1, at_ - begin - 2);
    if (!pass_colon()) return std::nullopt;
    if (!escaped) return raw;
    key_.clear();
    append_unescaped(key_, raw);
    return key_;
}

bool Cursor::next_element()
{
    return !failed_ && next_item(']');
}

std::string_view Cursor::skip()
{
    if (!begin_value()) return {};
    const auto begin = at_;
    return pass_value() ? text_.substr(begin, at_ - begin) : std::string_view();
}

std::string_view Cursor::raw_string()
{
    if (!begin_value()) return {};
    const auto begin = at_;
    return pass_string() ? text_.substr(begin, at_ - begin) : std::string_view();
}

std::string Cursor::string()
{
    if (!begin_value()) return {};
    const auto begin = at_;
    bool escaped = false;
    if (!pass_string(&escaped)) return {};
    const auto raw = text_.substr(begin + 1, at_ - begin - 2);
    if (!escaped) return std::string(raw);
    std::string out;
    append_unescaped(out, raw);
    return out;
}

std::string_view Cursor::take_number()
{
    if (!begin_value()) return {};
    const auto begin = at_;
    return pass_number() ? text_.substr(begin, at_ - begin) : std::string_view();
}

std::optional<double> Cursor::number()
{
    return as_number(take_number());
}

std::optional<std::int64_t> Cursor::integer()
{
    return as_integer(take_number());
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
    if (failed_) return false;
    skip_space();
    if (depth_ > 0) return fail("unfinished");
    if (unread_ & bit(0)) return fail("expected a value");
    return at_ == text_.size() || fail("text after the value");
}

/// Passes over one value with all that it contains, without recursion.
bool Cursor::pass_value()
{
    const int outside = depth_;
    std::uint64_t objects = 0;  // bit d: the container at depth d is an object
    while (true) {
        const char c = current();
        if (c == '{' || c == '[') {
            if (!descend()) return false;
            objects = c == '{' ? objects | bit(depth_) : objects & ~bit(depth_);
        } else if (!pass_scalar()) {
            return false;
        }
        // On to the next value, out of every container that ends before it.
        while (true) {
            if (depth_ == outside) return true;
            const bool object = objects & bit(depth_);
            if (next_item(object ? '}' : ']')) {
                if (object && !(pass_string() && pass_colon())) return false;
                break;
            }
            if (failed_) return false;
        }
    }
}

bool Cursor::pass_scalar()
{
    switch (current()) {
        case '"': return pass_string();
        case 't': return pass_literal("true");
        case 'f': return pass_literal("false");
        case 'n': return pass_literal("null");
        case '\0': return fail(at_ < text_.size() ? "expected a value" : "unexpected end");
        default: return pass_number();
    }
}

bool Cursor::pass_colon()
{
    skip_space();
    if (current() != ':') return fail("expected ':'");
    ++at_;
    skip_space();
    return true;
}

bool Cursor::pass_string(bool* escaped)
{
    if (current() != '"') return fail("expected a string");
    const char* const end = text_.data() + text_.size();
    const char* p = text_.data() + at_ + 1;
    const char* wrong = nullptr;
    while (!wrong) {
        p = pass_plain(p, end);
        if (p == end) {
            wrong = "unterminated string";
        } else if (*p == '"') [[likely]] {
            at_ = static_cast<std::size_t>(p - text_.data()) + 1;
            return true;
        } else if (*p == '\\') {
            const auto length = escape_length(p, end);
            if (length == 0) wrong = "wrong escape in a string";
            if (escaped) *escaped = true;
            p += length;
        } else if (const char* after = pass_multibyte(p, end); after != p) {
            p = after;
        } else {
            wrong = static_cast<signed char>(*p) < 0 ? "invalid UTF-8"
                                                     : "control character in a string";
        }
    }
    at_ = static_cast<std::size_t>(p - text_.data());
    return fail(wrong);
}

bool Cursor::pass_number()
{
    const auto digits = [this] {
        const auto begin = at_;
        while (is_digit(current())) ++at_;
        return at_ != begin;
    };
    const bool negative = current() == '-';
    if (negative) ++at_;
    if (current() == '0')
        ++at_;
    else if (!digits())
        return fail(negative ? "expected a digit" : "expected a value");
    if (current() == '.') {
        ++at_;
        if (!digits()) return fail("expected a digit");
    }
    if (current() == 'e' || current() == 'E') {
        ++at_;
        if (current() == '+' || current() == '-') ++at_;
        if (!digits()) return fail("expected a digit");
    }
    return true;
}

bool Cursor::pass_literal(std::string_view word)
{
    if (text_.substr(at_, word.size()) != word) return fail("expected a value");
    at_ += word.size();
    return true;
}

}  // namespace sluice::json
