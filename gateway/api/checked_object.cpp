#include "api/checked_object.hpp"

#include <ranges>

namespace sluice {

CheckedObject::CheckedObject(Notes& notes, std::string path, std::string_view json_text)
    : notes_(&notes), path_(std::move(path)), json_(json_text)
{
    json::Cursor at(json_text);
    if (at.peek() != json::Cursor::Kind::object) return;
    at.enter_object();
    while (const auto key = at.next_key()) {
        auto& member = members_.emplace_back(std::string(*key));
        member.value = at.skip();
    }
}

std::string_view CheckedObject::raw(std::string_view key) const
{
    for (const auto& member : members_ | std::views::reverse)
        if (member.key == key)
            return json::is_null(member.value) ? std::string_view() : member.value;
    return {};
}

std::string CheckedObject::text(std::string_view key) const
{
    return json::as_string(checked(key, checks::text)).value_or("");
}

std::string CheckedObject::required_text(std::string_view key) const
{
    return require(key) ? text(key) : std::string();
}

bool CheckedObject::flag(std::string_view key) const
{
    return checked(key, checks::boolean) == "true";
}

CheckedObject CheckedObject::object(std::string_view key) const
{
    return {*notes_, path_of(key), checked(key, checks::object)};
}

CheckedObject CheckedObject::required_object(std::string_view key) const
{
    require(key);
    return object(key);
}

std::string CheckedObject::path_of(std::string_view key) const
{
    return path_.empty() ? std::string(key) : concat(path_, ".", key);
}

void CheckedObject::refuse(std::string_view key, std::string_view why) const
{
    const auto path = path_of(key);
    note(fail_at(path, concat(path, " ", why)).error());
}

void CheckedObject::cannot_be_expressed(std::string_view key) const
{
    if (notes_->inexpressible.empty()) notes_->inexpressible = key.empty() ? path_ : path_of(key);
}

std::string_view CheckedObject::checked(std::string_view key, Check check) const
{
    const auto value = raw(key);
    if (value.empty()) return {};
    json::Cursor at(value);
    FieldChecker checker(at);
    if (check(checker)) return value;
    note(checker.error(path_of(key)));
    return {};
}

bool CheckedObject::require(std::string_view key) const
{
    if (has(key)) return true;
    refuse(key, "is required");
    return false;
}

void CheckedObject::note(Error error) const
{
    if (!notes_->breach) notes_->breach = std::move(error);
}

}  // namespace sluice
