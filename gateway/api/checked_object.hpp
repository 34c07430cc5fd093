#pragma once

#include "api/field_checker.hpp"
#include "core/error.hpp"

#include <boost/container/small_vector.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace sluice {

/// What came to light while a request was read.
struct Notes {
    std::optional<Error> breach;  ///< the first rule that it breaks
    std::string inexpressible;    ///< path of the first thing that no chat completion can say
};

/// One object of a request, known to be JSON, to be checked and read at once. What breaks a rule
/// reads as empty and is noted in the notes, so that a translation reads straight on and
/// whoever began it asks at the end. null is as good as absent, and the last of duplicates counts.
/// An empty path is the request's own.
class CheckedObject {
public:
    CheckedObject(Notes& notes, std::string path, std::string_view json_text);

    bool has(std::string_view key) const { return !raw(key).empty(); }
    /// JSON text; empty where there is none.
    std::string_view raw(std::string_view key) const;
    bool is_text(std::string_view key) const { return raw(key).starts_with('"'); }

    std::string text(std::string_view key) const;  ///< empty where there is none
    std::string required_text(std::string_view key) const;
    bool flag(std::string_view key) const;  ///< false where there is none
    CheckedObject object(std::string_view key) const;
    CheckedObject required_object(std::string_view key) const;
    /// Calls each(CheckedObject) for the elements of an array of objects, if there is one.
    template <class Each>
    void for_each_in(std::string_view key, Each each) const;
    /// The same of content: text(std::string) for a string, else block(CheckedObject) for each.
    template <class Text, class Block>
    void read_content(std::string_view key, Text text, Block block) const;

    std::string_view json() const { return json_; }
    std::string path_of(std::string_view key) const;
    void refuse(std::string_view key, std::string_view why) const;
    /// Of the whole object, or of a member.
    void cannot_be_expressed(std::string_view key = {}) const;

private:
    struct Member {
        std::string key;
        std::string_view value;
    };

    /// The member where it passes the check, else empty.
    std::string_view checked(std::string_view key, Check check) const;
    bool require(std::string_view key) const;
    void note(Error error) const;

    Notes* notes_;
    std::string path_;
    std::string_view json_;
    boost::container::small_vector<Member, 6> members_;
};

template <class Each>
void CheckedObject::for_each_in(std::string_view key, Each each) const
{
    constexpr Check objects = [](FieldChecker& value) {
        std::size_t count = 0;
        return value.array(count, [&] { return value.object(); });
    };
    const auto array = checked(key, objects);
    if (array.empty()) return;
    json::Cursor at(array);
    at.enter_array();
    for (std::size_t index = 0; at.next_element(); ++index)
        each(
            CheckedObject(*notes_, concat(path_of(key), "[", std::to_string(index), "]"), at.skip())
        );
}

template <class Text, class Block>
void CheckedObject::read_content(std::string_view key, Text text_of, Block block) const
{
    if (is_text(key))
        text_of(text(key));
    else if (raw(key).empty() || raw(key).starts_with('['))
        for_each_in(key, block);
    else
        refuse(key, "must be a string or an array of blocks");
}

}  // namespace sluice
