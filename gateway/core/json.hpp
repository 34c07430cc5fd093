#pragma once

#include "core/error.hpp"
#include "core/json_cursor.hpp"
#include "core/json_key.hpp"

#include <boost/container/small_vector.hpp>
#include <boost/json/value.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

/// JSON as text: checked, looked into and edited without building a tree. Whatever is not edited
/// keeps its bytes: duplicate keys, big integers, the spelling of numbers, the order of keys.
namespace sluice::json {

/// Of a Document's top-level object: an index entry is five times as large as the shortest member.
inline constexpr std::size_t max_members = 10'000;

/// Where one member of the top-level object stands; offsets into the text.
struct Member {
    std::uint32_t begin;  ///< of the key's opening quote
    std::uint32_t value_begin;
    std::uint32_t value_end;
    std::uint32_t key_begin;  ///< of the key as Document::key() gives it
    std::uint32_t key_size;
    bool key_had_escapes;  ///< it stands unescaped elsewhere
    std::uint8_t number;   ///< as Key::number()
};

std::string quoted(std::string_view text);

/// A change to one top-level member of an object, wherever its key stands.
struct Edit {
    enum class Kind { remove, put, rename };
    Kind kind;
    Key key;
    std::string value;  ///< JSON text; of a rename the new name
};

/// Changes to the top-level members of an object; the last counts of several of one kind and key.
/// Keys are the names before renaming, and have to outlive the edits.
class Edits {
public:
    void remove(Key key) { add(Edit::Kind::remove, key, {}); }
    /// Replaces the value in place, or else appends the member, as it does with a key removed.
    void put(Key key, std::string json_text) { add(Edit::Kind::put, key, std::move(json_text)); }
    void rename(Key from, std::string_view to) { add(Edit::Kind::rename, from, quoted(to)); }

    bool empty() const { return list_.empty(); }
    /// What they are about.
    KeySet keys() const { return keys_; }
    auto begin() const { return list_.begin(); }
    auto end() const { return list_.end(); }
    /// The one that counts; nullptr: none.
    const Edit* find(Edit::Kind kind, Key key) const
    {
        for (auto edit = list_.end(); edit != list_.begin();)
            if (--edit; edit->kind == kind && edit->key == key) return &*edit;
        return nullptr;
    }

private:
    boost::container::small_vector<Edit, 4> list_;
    KeySet keys_;

    void add(Edit::Kind kind, Key key, std::string&& value)
    {
        keys_.add(key);
        list_.push_back({kind, key, std::move(value)});
    }
};

/// A text with edits made, of which a long stretch may still stand where it was.
struct Spliced {
    std::string text;            ///< all but that stretch
    std::string_view lent;       ///< the stretch, in the document; empty: none
    std::size_t lent_after = 0;  ///< bytes of text before it
};

/// An object as it came: its text, checked as a whole, and an index of its top-level members.
class Document {
public:
    Document() = default;  ///< an object without members
    /// ErrorKind::malformed where the text is no JSON (or too deep, or too wide, or no UTF-8), and
    /// ErrorKind::invalid_request where it is JSON but no object.
    static Result<Document> parse(std::string text);
    class Reader;

    const std::string& text() const { return text_; }
    std::span<const Member> members() const { return members_; }
    /// A member's name, unescaped.
    std::string_view key(const Member& member) const
    {
        return std::string_view(member.key_had_escapes ? unescaped_ : text_)
            .substr(member.key_begin, member.key_size);
    }
    std::string_view value(const Member& member) const
    {
        return std::string_view(text_).substr(
            member.value_begin, member.value_end - member.value_begin
        );
    }
    Key numbered_key(const Member& member) const { return {key(member), member.number}; }
    /// The names of all members.
    KeySet keys() const { return keys_; }
    /// The raw text of a member's value; the last one of duplicates, as most parsers have it.
    std::optional<std::string_view> find(Key key) const
    {
        return keys_.contains(key) ? search(key) : std::nullopt;
    }
    bool contains(Key key) const
    {
        return keys_.contains(key) && (key.number() != 0 || search(key));
    }

    /// The text with the edits made and every other byte as it was.
    std::string spliced(const Edits& edits) const;
    /// The same without copying the longest member, where it has so many bytes: a copy of fewer is
    /// cheaper than one piece more to write.
    Spliced spliced_lending(const Edits& edits, std::size_t lendable = 4096) const;

private:
    std::string text_ = "{}";
    boost::container::small_vector<Member, 8> members_;
    KeySet keys_;
    std::string unescaped_;  // the keys that had escapes

    std::optional<std::string_view> search(Key key) const;
};

/// Makes a document out of text, member by member, so that whoever asks more of a value than that
/// it is JSON looks at it in the same pass.
///
///     Document::Reader reader(std::move(text), document);
///     while (reader.next()) reader.key() == "model" ? read(reader.value())
///                                                   : reader.value().skip();
///     if (auto read = reader.finish(); !read) return std::unexpected(read.error());
class Document::Reader {
public:
    Reader(std::string&& text, Document& into);
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;

    /// Goes to the next member; false at the object's end and where the text is wrong.
    bool next();
    /// Its key; valid until its value is read.
    Key key() const { return key_; }
    /// Stands at its value, which has to be consumed.
    Cursor& value() { return at_; }
    /// True where the document is whole, or what is wrong with it, as Document::parse has it.
    Result<void> finish();
    /// Instead of finish(): the text as it came, read to its end or not.
    std::string take_text() { return std::move(document_.text_); }

private:
    struct Refusal {
        ErrorKind kind;
        const char* message;
    };

    Document& document_;
    Cursor at_;
    Key key_ = "";
    std::optional<Refusal> refused_;

    void begin_member(std::string_view key);
};

// Single values of JSON text that is known to be valid.
std::optional<std::string> as_string(std::string_view json_text);
std::optional<double> as_number(std::string_view json_text);
std::optional<std::int64_t> as_integer(std::string_view json_text);
std::optional<bool> as_bool(std::string_view json_text);
inline bool is_null(std::string_view json_text)
{
    return json_text == "null";
}

// Writing. Doubles are written as people write them (0.7, not 7E-1); invalid UTF-8 becomes U+FFFD.
void append_quoted(std::string& out, std::string_view text);
void append_number(std::string& out, double value);
void append_number(std::string& out, std::int64_t value);
void append_value(std::string& out, const boost::json::value& value);
std::string quoted(std::string_view text);
std::string serialize(const boost::json::value& value);
/// A tree, for the translators that rebuild. ErrorKind::malformed as Document::parse.
Result<boost::json::value> parse_tree(std::string_view text);

/// Writes one object into a string, commas and all.
///
///     ObjectWriter body(out); body.field("id", id).field("n", 3).raw("usage", usage_json);
///     body.close();
class ObjectWriter {
public:
    explicit ObjectWriter(std::string& out) : out_(out) { out_ += '{'; }
    ObjectWriter& field(std::string_view key, std::string_view text);
    ObjectWriter& field(std::string_view key, const char* text)
    {
        return field(key, std::string_view(text));
    }
    ObjectWriter& field(std::string_view key, double value);
    ObjectWriter& field(std::string_view key, std::int64_t value);
    ObjectWriter& field(std::string_view key, int value) { return field(key, std::int64_t{value}); }
    ObjectWriter& field(std::string_view key, bool value);
    ObjectWriter& null(std::string_view key) { return raw(key, "null"); }
    ObjectWriter& raw(std::string_view key, std::string_view json_text);
    /// Writes the key; the caller appends the value to the string itself.
    std::string& key(std::string_view name);
    void close() { out_ += '}'; }

private:
    std::string& out_;
    bool first_ = true;
};

}  // namespace sluice::json
