#pragma once

#include "core/error.hpp"
#include "core/text_scan.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace sluice::json {

inline constexpr int max_depth = 32;

/// What stands between the quotes of a JSON string, its escapes not yet resolved.
struct RawText {
    std::string_view chars;
    bool escaped = false;

    bool empty() const { return chars.empty(); }
    void append_to(std::string& out) const;
    std::string str() const;
};

/// Walks JSON text on demand, checking everything it passes: structure, strings (control
/// characters, escapes, UTF-8), numbers, and depth. Strings are passed over 16 bytes at a time.
///
///     Cursor at(text);
///     if (at.enter_object())
///         while (auto key = at.next_key()) { if (*key == "model") model = at.string(); else
///         at.skip(); }
///     if (!at.finish()) return at.error();
///
/// After the first error every call says "no more" and error() tells what and where. Every value
/// that next_key() or next_element() stops at must be consumed by exactly one call.
class Cursor {
public:
    explicit Cursor(std::string_view text)
        : begin_(text.data()), at_(begin_), end_(begin_ + text.size())
    {
        skip_space();
    }

    enum class Kind { object, array, string, number, boolean, null, none };
    /// What stands at the current position; Kind::none at the end or where no value can begin.
    Kind peek() const;
    /// The text that has not been passed yet. After next_key() and next_element() it begins with
    /// the value, unchecked.
    std::string_view rest() const { return {at_, end_}; }

    /// Enters the object at the current position; false (and an error) where none stands there.
    bool enter_object() { return enter('{', "expected an object"); }
    /// The next key (unescaped; valid until the next call), the cursor then standing at its value.
    std::optional<std::string_view> next_key();
    /// True for a key that had escapes: it stands in the cursor. Any other stands in the text, and
    /// is valid as long as that.
    bool had_escapes(std::string_view key) const { return key.data() == unescaped_.data(); }
    /// Enters the array at the current position; false (and an error) where none stands there.
    bool enter_array() { return enter('[', "expected an array"); }
    /// True: the cursor stands at the next element. False: the array has been left.
    bool next_element() { return next_item(']'); }

    /// Passes over one value of any kind and returns its text.
    std::string_view skip();
    /// Consumes a string; any other kind is an error. Valid as long as the input.
    RawText raw_text();
    /// The same, unescaped.
    std::string string() { return raw_text().str(); }
    /// The same, valid until the next call.
    std::string_view text();
    /// Consumes a string and returns its raw text with quotes; valid as long as the input.
    std::string_view raw_string();
    std::optional<double> number();  ///< consumes a number
    std::optional<std::int64_t> integer(
    );                              ///< consumes a number; nullopt (no error) unless integral
    std::optional<bool> boolean();  ///< consumes true or false
    /// Consumes a number of at most 18 digits and nothing else, as nearly all are; nullopt, and
    /// nothing consumed, where another value stands.
    std::optional<std::int64_t> digits();
    /// Consumes null; false, and nothing consumed, where another value stands.
    bool null();

    /// True where the whole text was one valid value and nothing but white space follows it.
    bool finish();
    bool ok() const { return !reason_; }
    Error error() const;  ///< ErrorKind::malformed with offset and reason
    std::size_t offset() const { return static_cast<std::size_t>(at_ - begin_); }

private:
    enum class String { wrong, plain, escaped };

    const char* begin_;
    const char* at_;   // never at white space before a value
    const char* end_;  // after an error where it is, so that nothing more is found
    const char* reason_ = nullptr;
    int depth_ = 0;
    bool fresh_ = true;      // nothing was read yet of the innermost container
    std::string unescaped_;  // the last key or text, where it had escapes

    bool fail(const char* reason);
    char current() const { return at_ != end_ ? *at_ : '\0'; }
    char skip_space();
    char pass_space();
    bool begin_value();
    bool enter(char opening, const char* otherwise);
    bool descend();
    bool leave();
    bool next_item(char closing);
    std::string_view pass_key();
    std::string_view find_key();
    bool pass_value();
    bool pass_container();
    bool pass_scalar();
    bool pass_colon();
    String pass_string();
    String pass_long_string();
    bool pass_number();
    bool pass_literal(std::string_view word);
    std::string_view take_number();
    std::string_view unescaped(std::string_view raw);
};

/// Passes over white space; the character behind it, '\0' at the end.
inline char Cursor::skip_space()
{
    if (at_ != end_ && static_cast<unsigned char>(*at_) > ' ') [[likely]]
        return *at_;
    return pass_space();
}

inline Cursor::Kind Cursor::peek() const
{
    switch (const char c = current()) {
        case '{': return Kind::object;
        case '[': return Kind::array;
        case '"': return Kind::string;
        case 't':
        case 'f': return Kind::boolean;
        case 'n': return Kind::null;
        default: return c == '-' || (c >= '0' && c <= '9') ? Kind::number : Kind::none;
    }
}

/// Before a value is consumed: outside of all containers there is but one.
inline bool Cursor::begin_value()
{
    if (depth_ > 0) [[likely]]
        return true;
    return std::exchange(fresh_, false) || fail("text after the value");
}

inline bool Cursor::enter(char opening, const char* otherwise)
{
    if (!begin_value()) return false;
    return current() == opening ? descend() : fail(otherwise);
}

inline bool Cursor::descend()
{
    if (depth_ == max_depth) return fail("nested too deep");
    ++depth_;
    ++at_;
    fresh_ = true;
    return true;
}

/// Leaves the innermost container, at whose end the cursor stands.
inline bool Cursor::leave()
{
    ++at_;
    --depth_;
    fresh_ = false;
    return false;
}

/// Moves to the next item of the innermost container, past the comma before it; false where the
/// container ended and has been left.
inline bool Cursor::next_item(char closing)
{
    const char c = skip_space();
    const bool first = std::exchange(fresh_, false);
    if (c == closing) return leave();
    if (first) return true;
    if (c != ',') return fail(closing == '}' ? "expected ',' or '}'" : "expected ',' or ']'");
    ++at_;
    skip_space();
    return true;
}

inline bool Cursor::pass_colon()
{
    if (skip_space() != ':') return fail("expected ':'");
    ++at_;
    skip_space();
    return true;
}

inline Cursor::String Cursor::pass_string()
{
    if (current() != '"') return fail("expected a string"), String::wrong;
    const char* const special = special_among_32(at_ + 1, end_);
    if (!special || *special != '"') return pass_long_string();
    at_ = special + 1;
    return String::plain;
}

inline std::optional<std::string_view> Cursor::next_key()
{
    const auto key = pass_key();
    return key.data() ? std::optional(key) : std::nullopt;
}

inline RawText Cursor::raw_text()
{
    if (!begin_value()) return {};
    const char* const begin = at_;
    const auto passed = pass_string();
    if (passed == String::wrong) return {};
    return {.chars = {begin + 1, at_ - 1}, .escaped = passed == String::escaped};
}

inline std::string_view Cursor::text()
{
    const auto raw = raw_text();
    return raw.escaped ? unescaped(raw.chars) : raw.chars;
}

inline bool Cursor::null()
{
    if (!rest().starts_with("null") || !begin_value()) return false;
    at_ += 4;
    return true;
}

}  // namespace sluice::json
