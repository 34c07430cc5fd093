#pragma once

#include "core/error.hpp"
#include "core/json_cursor.hpp"

#include <boost/json/value.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

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
};

/// Changes to the top-level members of an object.
struct Edits {
    struct Set {
        std::string key;
        std::string value;  ///< JSON text
    };
    std::vector<std::string> removed;
    std::vector<Set> set;      ///< replaces the value in place, else appends the member
    std::vector<Set> renamed;  ///< key: old name, value: new name (plain)

    void remove(std::string_view key) { removed.emplace_back(key); }
    void put(std::string_view key, std::string_view json_text)
    {
        set.push_back({std::string(key), std::string(json_text)});
    }
    void rename(std::string_view from, std::string_view to)
    {
        renamed.push_back({std::string(from), std::string(to)});
    }
    bool empty() const { return removed.empty() && set.empty() && renamed.empty(); }
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
    /// The raw text of a member's value; the last one of duplicates, as most parsers have it.
    std::optional<std::string_view> find(std::string_view key) const;
    bool contains(std::string_view key) const { return find(key).has_value(); }

    /// The text with the edits made and every other byte as it was. A duplicate key is edited in
    /// every place it stands. Keys of edits are the names before renaming; a key both removed and
    /// set is taken out of its place and appended.
    std::string spliced(const Edits& edits) const;
    /// The same without copying the longest member, where it has so many bytes: a copy of fewer is
    /// cheaper than one piece more to write.
    Spliced spliced_lending(const Edits& edits, std::size_t lendable = 4096) const;

private:
    std::string text_ = "{}";
    std::vector<Member> members_;
    std::string unescaped_;  // the keys that had escapes
};

/// Makes a document out of text, member by member, so that whoever asks more of a value than that
/// it is JSON looks at it in the same pass.
///
///     Document::Reader reader(std::move(text), document);
///     while (auto key = reader.next_key()) key == "model" ? read(reader.value())
///                                                         : reader.value().skip();
///     if (auto read = reader.finish(); !read) return std::unexpected(read.error());
class Document::Reader {
public:
    Reader(std::string text, Document& into);
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;

    /// The next member's key; nullopt at the object's end and where the text is wrong.
    std::optional<std::string_view> next_key();
    /// Stands at the value of that key, which has to be consumed.
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
    std::size_t from_ = 0;
    std::optional<Refusal> refused_;

    void begin_member(std::string_view key);
    void end_member();
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
