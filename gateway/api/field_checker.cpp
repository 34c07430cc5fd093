#include "api/field_checker.hpp"

#include <algorithm>
#include <ranges>

namespace sluice {

using Kind = json::Cursor::Kind;

namespace {

std::string_view name_of(Kind kind)
{
    switch (kind) {
        case Kind::object: return "an object";
        case Kind::array: return "an array";
        case Kind::string: return "a string";
        case Kind::number: return "a number";
        case Kind::boolean: return "a boolean";
        case Kind::null: return "null";
        case Kind::none: return "nothing";
    }
    std::unreachable();
}

std::string text_of(double value)
{
    std::string out;
    json::append_number(out, value);
    return out;
}

template <class Names>
std::string listed(const Names& names)
{
    std::string out;
    for (const std::string_view name : names) {
        if (!out.empty()) out += ", ";
        out += name;
    }
    return concat("one of ", out);
}

std::string range(std::int64_t low, std::int64_t high)
{
    if (high == std::numeric_limits<std::int64_t>::max())
        return concat("of at least ", std::to_string(low));
    return concat("from ", std::to_string(low), " to ", std::to_string(high));
}

/// The index of the entry with this name; their number where there is none.
template <class Entry>
std::size_t place_of(
    std::string_view name,
    std::initializer_list<Entry> entries,
    std::string_view Entry::* name_field
)
{
    const auto found = std::ranges::find(entries, name, name_field);
    return static_cast<std::size_t>(found - entries.begin());
}

bool is_identifier(std::string_view text)
{
    constexpr std::string_view allowed =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
    return !text.empty() && text.size() <= 64 && text.find_first_not_of(allowed) == text.npos;
}

}  // namespace

std::size_t count_characters(std::string_view text)
{
    const auto begins_one = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; };
    return static_cast<std::size_t>(std::ranges::count_if(text, begins_one));
}

bool FieldChecker::is(Kind kind, std::string_view what)
{
    return at_.peek() == kind || refuse_kind(what);
}

bool FieldChecker::skip()
{
    at_.skip();
    return true;
}

bool FieldChecker::boolean(bool& given)
{
    if (!is(Kind::boolean, "true or false")) return false;
    given = at_.boolean().value_or(false);
    return true;
}

bool FieldChecker::boolean()
{
    bool given = false;
    return boolean(given);
}

std::optional<std::string_view> FieldChecker::take_number()
{
    if (at_.peek() != Kind::number) return std::nullopt;
    return at_.skip();
}

bool FieldChecker::refuse_number(std::string_view what, std::optional<std::string_view> given)
{
    if (!given) return refuse_kind(what);
    constexpr std::size_t sensible = 32;
    const auto shown = given->size() <= sensible ? *given : "a very long number";
    return refuse(concat("must be ", what, "; got ", shown));
}

bool FieldChecker::number(double low, double high)
{
    const auto given = take_number();
    const auto value = given ? json::as_number(*given) : std::nullopt;
    if (value && *value >= low && *value <= high) return true;
    return refuse_number(concat("a number from ", text_of(low), " to ", text_of(high)), given);
}

bool FieldChecker::integer(std::int64_t low, std::int64_t high)
{
    const auto given = take_number();
    const auto value = given ? json::as_integer(*given) : std::nullopt;
    if (value && *value >= low && *value <= high) return true;
    return refuse_number(concat("an integer ", range(low, high)), given);
}

bool FieldChecker::integer_of_any_size()
{
    const auto given = take_number();
    if (given && given->find_first_of(".eE") == given->npos) return true;
    return refuse_number("an integer", given);
}

bool FieldChecker::nonempty_text()
{
    if (!is(Kind::string, "a non-empty string")) return false;
    return at_.raw_string() != R"("")" || refuse("must be a non-empty string; got an empty one");
}

bool FieldChecker::text_up_to(std::size_t most)
{
    if (!is(Kind::string, "a string")) return false;
    const auto count = count_characters(at_.string());
    if (count <= most) return true;
    const auto limit = std::to_string(most);
    return refuse(concat("must have at most ", limit, " characters; got ", std::to_string(count)));
}

bool FieldChecker::identifier()
{
    constexpr std::string_view what = "1 to 64 letters, digits, '_' and '-'";
    if (!is(Kind::string, what)) return false;
    return is_identifier(at_.string()) || refuse(concat("must be ", what, "; got another string"));
}

template <class Words>
std::size_t FieldChecker::place_among(const Words& words)
{
    const auto found = std::ranges::find(words, at_.text());
    return static_cast<std::size_t>(found - words.begin());
}

bool FieldChecker::one_of(std::initializer_list<std::string_view> words, std::size_t& which)
{
    if (at_.peek() != Kind::string) return refuse_kind(listed(words));
    which = place_among(words);
    if (which != words.size()) return true;
    return refuse(concat("must be ", listed(words), "; got another string"));
}

bool FieldChecker::one_of(std::initializer_list<std::string_view> words)
{
    std::size_t which = 0;
    return one_of(words, which);
}

bool FieldChecker::object(std::initializer_list<MemberCheck> fields)
{
    std::size_t count = 0;
    std::uint32_t seen = 0;
    const bool sound = members(count, [&](std::string_view key) {
        const auto at = place_of(key, fields, &MemberCheck::name);
        if (at == fields.size() || is_null()) return skip();
        seen |= 1U << at;
        return fields.begin()[at].check(*this);
    });
    return sound && has_required(fields, seen);
}

bool FieldChecker::tagged(
    std::initializer_list<FormCheck> forms,
    std::uint32_t& types,
    std::initializer_list<MemberCheck> fields
)
{
    std::size_t count = 0;
    std::uint32_t seen = 0;
    std::uint32_t payloads = 0;
    types = 0;
    const bool sound = members(count, [&](std::string_view key) {
        if (is_null()) return skip();
        if (key == "type") return form_type(forms, types);
        if (const auto at = place_of(key, forms, &FormCheck::type); at != forms.size()) {
            payloads |= 1U << at;
            const auto check = forms.begin()[at].check;
            return check ? check(*this) : skip();
        }
        const auto at = place_of(key, fields, &MemberCheck::name);
        if (at == fields.size()) return skip();
        seen |= 1U << at;
        return fields.begin()[at].check(*this);
    });
    if (!sound) return false;
    if (types == 0) return refuse_missing("type");
    for (std::size_t i = 0; i < forms.size(); ++i)
        if ((types & ~payloads) >> i & 1U && forms.begin()[i].check)
            return refuse_missing(forms.begin()[i].type);
    return has_required(fields, seen);
}

bool FieldChecker::tagged(
    std::initializer_list<FormCheck> forms, std::initializer_list<MemberCheck> fields
)
{
    std::uint32_t types = 0;
    return tagged(forms, types, fields);
}

bool FieldChecker::form_type(std::initializer_list<FormCheck> forms, std::uint32_t& types)
{
    const auto names = std::views::transform(forms, &FormCheck::type);
    if (kind() != Kind::string) return refuse_kind(listed(names));
    const auto at = place_among(names);
    if (at == forms.size())
        return refuse(concat("must be ", listed(names), "; got another string"));
    types |= 1U << at;
    return true;
}

bool FieldChecker::has_required(std::initializer_list<MemberCheck> fields, std::uint32_t seen)
{
    for (std::size_t i = 0; i < fields.size(); ++i)
        if (fields.begin()[i].required && !(seen >> i & 1U))
            return refuse_missing(fields.begin()[i].name);
    return true;
}

bool FieldChecker::refuse_kind(std::string_view what)
{
    return refuse(concat("must be ", what, "; got ", name_of(kind())));
}

bool FieldChecker::refuse_missing(std::string_view name)
{
    return refuse_at(concat(".", name), "is required");
}

bool FieldChecker::refuse_at(std::string_view inner_path, std::string_view why)
{
    path_ = inner_path;
    why_ = why;
    return false;
}

bool FieldChecker::fault_in_element(std::size_t index)
{
    path_ = concat("[", std::to_string(index), "]", path_);
    return false;
}

bool FieldChecker::fault_in_member(std::string_view key)
{
    path_ = concat(".", key, path_);
    return false;
}

Error FieldChecker::error(std::string_view name) const
{
    auto path = concat(name, path_);
    auto message = concat(path, " ", why_);
    return {
        .kind = ErrorKind::invalid_request, .message = std::move(message), .param = std::move(path)
    };
}

}  // namespace sluice
