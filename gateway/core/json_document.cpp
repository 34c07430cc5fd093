#include "core/json.hpp"

#include <limits>

namespace sluice::json {
namespace {

/// A text made of stretches of a document, as long as can be, and of what is new.
class Splice {
public:
    Splice(const Document& document, const Edits& edits)
        : document_(document), text_(document.text()), edits_(edits)
    {
    }

    /// Lends the stretch with the longest member, if that is so long at least; else copies all.
    Spliced run(std::size_t lendable)
    {
        if (text_.size() >= lendable) choose_lent(lendable);
        const auto members = document_.members();
        auto last = members.empty() ? text_.find('{') + 1 : members.front().begin;
        for (const auto& member : members) {
            const auto key = document_.numbered_key(member);
            const bool edited = edits_.keys().contains(key);
            if (edited && edits_.find(Kind::remove, key)) {
                replace(last, member.value_end, {});
            } else {
                // Without the comma of a member that was the first, and the space around it.
                if (first_ && last != member.begin) replace(last, member.begin, {});
                if (edited) edit_member(member, key);
                first_ = false;
            }
            last = member.value_end;
        }
        for (const auto& edit : edits_)
            if (edit.kind == Kind::put) add_member(edit);
        if (!added_.empty()) replace(last, last, added_);
        replace(text_.size(), text_.size(), {});
        join();
        return std::move(out_);
    }

private:
    using Kind = Edit::Kind;

    const Document& document_;
    std::string_view text_;
    const Edits& edits_;
    Spliced out_;
    boost::container::small_vector<std::string_view, 16> pieces_;  // of out_.text
    std::size_t size_ = 0;                                         // of these
    std::size_t done_ = 0;                       // how much of the document has been dealt with
    std::string added_;                          // the members that it has not
    std::size_t lent_ = std::string_view::npos;  // a place in the stretch to be lent
    bool first_ = true;

    void choose_lent(std::size_t lendable)
    {
        std::size_t longest = 0;
        for (const auto& member : document_.members()) {
            const std::size_t size = member.value_end - member.value_begin;
            if (size < lendable || size <= longest) continue;
            longest = size;
            lent_ = member.value_begin;
        }
    }

    /// Keeps the document up to begin, and puts the piece in the place of what stands up to end.
    void replace(std::size_t begin, std::size_t end, std::string_view piece)
    {
        const std::string_view stretch(text_.data() + done_, begin - done_);
        if (done_ <= lent_ && lent_ < begin) {
            out_.lent = stretch;
            out_.lent_after = size_;
        } else {
            add(stretch);
        }
        add(piece);
        done_ = end;
    }

    void add(std::string_view piece)
    {
        if (piece.empty()) return;
        pieces_.push_back(piece);
        size_ += piece.size();
    }

    void edit_member(const Member& member, Key key)
    {
        if (const auto* renamed = edits_.find(Kind::rename, key)) {
            // Only white space and the colon stand between the key's closing quote and the value.
            const auto key_end = text_.rfind('"', member.value_begin - 1) + 1;
            replace(member.begin, key_end, renamed->value);
        }
        if (const auto* put = edits_.find(Kind::put, key))
            replace(member.value_begin, member.value_end, put->value);
    }

    void add_member(const Edit& put)
    {
        const bool stands = document_.contains(put.key) && !edits_.find(Kind::remove, put.key);
        if (stands || &put != edits_.find(Kind::put, put.key)) return;
        if (!first_) added_ += ',';
        if (const auto* renamed = edits_.find(Kind::rename, put.key))
            added_ += renamed->value;
        else
            append_quoted(added_, put.key);
        added_.append(":").append(put.value);
        first_ = false;
    }

    void join()
    {
        out_.text.resize_and_overwrite(size_, [&](char* to, std::size_t) {
            for (const auto piece : pieces_) to += piece.copy(to, piece.size());
            return size_;
        });
    }
};

}  // namespace

Result<Document> Document::parse(std::string text)
{
    Result<Document> document;
    Reader reader(std::move(text), *document);
    while (reader.next()) reader.value().skip();
    if (auto read = reader.finish(); !read) document = std::unexpected(std::move(read).error());
    return document;
}

Document::Reader::Reader(std::string&& text, Document& into)
    : document_(into), at_(std::string_view())
{
    document_.text_ = std::move(text);
    document_.members_.clear();
    document_.keys_ = {};
    document_.unescaped_.clear();
    const auto& kept = document_.text_;
    if (kept.size() > std::numeric_limits<std::uint32_t>::max()) {
        refused_ = {ErrorKind::malformed, "JSON text of 4 GiB or more"};
        return;
    }
    at_ = Cursor(kept);
    if (at_.peek() != Cursor::Kind::object) {
        at_.skip();
        refused_ = {ErrorKind::invalid_request, "expected a JSON object"};
        return;
    }
    at_.enter_object();
}

bool Document::Reader::next()
{
    if (refused_) return false;
    auto& members = document_.members_;
    if (!members.empty()) members.back().value_end = static_cast<std::uint32_t>(at_.offset());
    const auto key = at_.next_key();
    if (!key) return false;
    if (members.size() == max_members) {
        refused_ = {ErrorKind::malformed, "a JSON object with more than 10000 members"};
        return false;
    }
    begin_member(*key);
    return true;
}

void Document::Reader::begin_member(std::string_view name)
{
    key_ = Key(name);
    document_.keys_.add(key_);
    const auto& text = document_.text_;
    const bool escaped = at_.had_escapes(name);
    std::size_t begin = 0;  // of its opening quote
    std::size_t key_begin = document_.unescaped_.size();
    if (escaped) {
        document_.unescaped_ += name;
        // Only white space and a brace or a comma stand before it.
        const auto& members = document_.members_;
        begin = text.find('"', members.empty() ? 0 : members.back().value_end);
    } else {
        key_begin = static_cast<std::size_t>(name.data() - text.data());
        begin = key_begin - 1;
    }
    document_.members_.push_back(
        {.begin = static_cast<std::uint32_t>(begin),
         .value_begin = static_cast<std::uint32_t>(at_.offset()),
         .value_end = 0,
         .key_begin = static_cast<std::uint32_t>(key_begin),
         .key_size = static_cast<std::uint32_t>(name.size()),
         .key_had_escapes = escaped,
         .number = key_.number()}
    );
}

Result<void> Document::Reader::finish()
{
    const bool decided = refused_ && refused_->kind == ErrorKind::malformed;
    if (!decided && !at_.finish()) return std::unexpected(at_.error());
    if (refused_) return fail(refused_->kind, refused_->message);
    return {};
}

std::optional<std::string_view> Document::search(Key key) const
{
    for (auto member = members_.end(); member != members_.begin();) {
        --member;
        if (member->number == key.number() &&
            (key.number() != 0 || this->key(*member) == key.name()))
            return value(*member);
    }
    return std::nullopt;
}

std::string Document::spliced(const Edits& edits) const
{
    if (edits.empty()) return text_;
    return Splice(*this, edits).run(std::string_view::npos).text;
}

Spliced Document::spliced_lending(const Edits& edits, std::size_t lendable) const
{
    return Splice(*this, edits).run(lendable);
}

}  // namespace sluice::json
