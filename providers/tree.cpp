#include "providers/tree.hpp"

namespace sluice::tree {

using boost::json::array;
using boost::json::object;
using boost::json::value;

const object& object_in(const value& from)
{
    static const object none;
    const auto* found = from.if_object();
    return found ? *found : none;
}

const object& object_at(const object& from, std::string_view key)
{
    static const object none;
    const auto* found = from.if_contains(key);
    return found ? object_in(*found) : none;
}

const array& array_at(const object& from, std::string_view key)
{
    static const array none;
    const auto* found = from.if_contains(key);
    const auto* elements = found ? found->if_array() : nullptr;
    return elements ? *elements : none;
}

std::string_view string_in(const value& from)
{
    const auto* text = from.if_string();
    return text ? std::string_view(*text) : std::string_view();
}

std::string_view string_at(const object& from, std::string_view key)
{
    const auto* found = from.if_contains(key);
    return found ? string_in(*found) : std::string_view();
}

std::int64_t integer_at(const object& from, std::string_view key)
{
    const auto* found = from.if_contains(key);
    if (!found) return 0;
    if (const auto* whole = found->if_int64()) return *whole;
    const auto* real = found->if_double();
    return real && *real > -1e18 && *real < 1e18 ? static_cast<std::int64_t>(*real) : 0;
}

bool has(const object& from, std::string_view key)
{
    const auto* found = from.if_contains(key);
    return found && !found->is_null();
}

void copy(const object& from, object& to, std::initializer_list<std::string_view> keys)
{
    for (const auto key : keys)
        if (has(from, key)) to[key] = from.at(key);
}

}  // namespace sluice::tree
