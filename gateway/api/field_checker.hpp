#pragma once

#include "core/error.hpp"
#include "core/json.hpp"

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace sluice {

class FieldChecker;
using Check = bool (*)(FieldChecker& value);

/// A member of an object, and what is asked of it wherever it stands and is not null.
struct MemberCheck {
    std::string_view name;
    Check check;
    bool required = false;
};

/// One form of an object {"type": t, t: payload}. No check: the form has no payload.
struct FormCheck {
    std::string_view type;
    Check check = nullptr;
};

/// Of UTF-8, as OpenAI counts them.
std::size_t count_characters(std::string_view text);

/// Holds one value of a JSON text against rules, and keeps the first breach with its path. Where
/// the text is no JSON the cursor says so, whatever the check returns.
/// Each check consumes the value at hand and returns false where a rule is broken; the caller then
/// stops. Every occurrence of a duplicate key is checked. Breaches tell kinds and numbers, never
/// text, which may be somebody's prompt.
class FieldChecker {
public:
    /// at stands at the value, and outlives the checker.
    explicit FieldChecker(json::Cursor& at) : at_(at) {}

    bool boolean();
    bool boolean(bool& given);
    bool number(double low, double high);
    bool integer(std::int64_t low, std::int64_t high = std::numeric_limits<std::int64_t>::max());
    bool integer_of_any_size();
    bool text()
    {
        if (at_.peek() != json::Cursor::Kind::string) return refuse_kind("a string");
        at_.raw_string();
        return true;
    }
    bool nonempty_text();
    bool text_up_to(std::size_t characters);
    /// 1 to 64 of a-z, A-Z, 0-9, '_' and '-'.
    bool identifier();
    /// One of the words; which becomes its place among them.
    bool one_of(std::initializer_list<std::string_view> words, std::size_t& which);
    bool one_of(std::initializer_list<std::string_view> words);

    /// An array whose elements each() finds sound; count becomes their number.
    template <class Each>
    bool array(std::size_t& count, Each each);
    template <class Each>
    bool array_up_to(std::size_t most, Each each);
    /// An object whose members each(key) finds sound; count becomes their number.
    template <class Each>
    bool members(std::size_t& count, Each each);
    /// An object whose listed members are sound; whatever else it has is nobody's business here.
    bool object(std::initializer_list<MemberCheck> fields = {});
    /// An object with a "type", the payload of that form, and the fields. types gets the bit of
    /// each form named: more than one where "type" stands twice.
    bool tagged(
        std::initializer_list<FormCheck> forms,
        std::uint32_t& types,
        std::initializer_list<MemberCheck> fields = {}
    );
    bool tagged(
        std::initializer_list<FormCheck> forms, std::initializer_list<MemberCheck> fields = {}
    );

    json::Cursor::Kind kind() { return at_.peek(); }
    bool is_null() { return kind() == json::Cursor::Kind::null; }
    /// Passes over a value that no rule is about.
    bool skip();

    /// "<path> must be <what>; got a number", of a value that has not been consumed.
    bool refuse_kind(std::string_view what);
    /// "<path> <why>".
    bool refuse(std::string_view why) { return refuse_at("", why); }
    /// The same of something inside the value at hand, such as ".type" or "[1]".
    bool refuse_at(std::string_view inner_path, std::string_view why);
    /// The breach; name is the path of the value that was held against the rules.
    Error error(std::string_view name) const;

private:
    bool is(json::Cursor::Kind kind, std::string_view what);
    std::optional<std::string_view> take_number();
    bool refuse_number(std::string_view what, std::optional<std::string_view> given);
    bool form_type(std::initializer_list<FormCheck> forms, std::uint32_t& types);
    bool has_required(std::initializer_list<MemberCheck> fields, std::uint32_t seen);
    bool refuse_missing(std::string_view name);
    /// Its place among the words of the string at hand, which is consumed; their number: none.
    template <class Words>
    std::size_t place_among(const Words& words);

    // The path is put together on the way out of the values around the one at fault.
    bool fault_in_element(std::size_t index);
    bool fault_in_member(std::string_view key);

    json::Cursor& at_;
    std::string path_;
    std::string why_;
};

template <class Each>
bool FieldChecker::array(std::size_t& count, Each each)
{
    if (!is(json::Cursor::Kind::array, "an array")) return false;
    at_.enter_array();
    for (count = 0; at_.next_element(); ++count)
        if (!each()) return fault_in_element(count);
    return true;
}

template <class Each>
bool FieldChecker::array_up_to(std::size_t most, Each each)
{
    std::size_t count = 0;
    if (!array(count, each)) return false;
    if (count <= most) return true;
    const auto limit = std::to_string(most);
    return refuse(concat("must have at most ", limit, " elements; got ", std::to_string(count)));
}

template <class Each>
bool FieldChecker::members(std::size_t& count, Each each)
{
    if (!is(json::Cursor::Kind::object, "an object")) return false;
    at_.enter_object();
    std::string unescaped;  // what the cursor keeps may be gone once the value has been read
    for (count = 0; auto key = at_.next_key(); ++count) {
        if (at_.had_escapes(*key)) key = unescaped = *key;
        if (!each(*key)) return fault_in_member(*key);
    }
    return true;
}

/// Checks without a parameter, for tables.
namespace checks {
inline constexpr Check text = [](FieldChecker& value) { return value.text(); };
inline constexpr Check boolean = [](FieldChecker& value) { return value.boolean(); };
inline constexpr Check object = [](FieldChecker& value) { return value.object(); };
inline constexpr Check identifier = [](FieldChecker& value) { return value.identifier(); };
}  // namespace checks

}  // namespace sluice
