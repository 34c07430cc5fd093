#include "core/json.hpp"

#include <algorithm>
#include <limits>
#include <ranges>

namespace sluice::json {
namespace {

/// What a key is set or renamed to: the last entry for it, else null.
const std::string* find_edit(const std::vector<Edits::Set>& edits, std::string_view key)
{
    for (const auto& edit : edits | std::views::reverse)
        if (edit.key == key) return &edit.value;
    return nullptr;
}

bool has_edit(const std::vector<std::string>& removed, std::string_view key)
{
    return std::ranges::find(removed, key) != removed.end();
}

std::size_t growth(const Edits& edits)
{
    std::size_t sum = 0;
    for (const auto* list : {&edits.set, &edits.renamed})
        for (const auto& edit : *list) sum += edit.key.size() + edit.value.size() + 4;
    return sum;
}

/// A text being put together out of stretches of a document, as long as can be, and what is new.
class Splice {
public:
    Splice(const Document& document, const Edits& edits, Spliced& out)
        : document_(document), text_(document.text()), edits_(edits), out_(out)
    {
    }

    /// Lends the stretch with the longest member, if that is so long at least; else copies all.
    void run(std::size_t lendable)
    {
        const auto copied = text_.size() - choose_lent(lendable);
        out_.text.reserve(copied + growth(edits_));
        const auto members = document_.members();
        auto last = members.empty() ? text_.find('{') + 1 : members.front().begin;
        copy(0, last);
        for (const auto& member : members) {
            if (!has_edit(edits_.removed, document_.key(member))) {
                if (!first_) copy(last, member.begin);  // the comma, and the space around it
                copy_member(member);
                first_ = false;
            }
            last = member.value_end;
        }
        for (const auto& edit : edits_.set) add_member(edit);
        copy(last, text_.size());
        end_stretch();
    }

private:
    const Document& document_;
    std::string_view text_;
    const Edits& edits_;
    Spliced& out_;
    std::size_t begin_ = 0;  // of the stretch that has not been copied yet
    std::size_t end_ = 0;
    std::size_t lent_ = std::string_view::npos;  // a place in the stretch to be lent
    bool first_ = true;

    std::size_t choose_lent(std::size_t lendable)
    {
        if (text_.size() < lendable) return 0;
        std::size_t longest = 0;
        for (const auto& member : document_.members()) {
            const std::size_t size = member.value_end - member.value_begin;
            if (size < lendable || size <= longest) continue;
            longest = size;
            lent_ = member.value_begin;
        }
        return longest;
    }

    void copy(std::size_t begin, std::size_t end)
    {
        if (begin != end_) {
            end_stretch();
            begin_ = begin;
        }
        end_ = end;
    }

    void end_stretch()
    {
        const auto stretch = text_.substr(begin_, end_ - begin_);
        if (begin_ <= lent_ && lent_ < end_) {
            out_.lent = stretch;
            out_.lent_after = out_.text.size();
        } else {
            out_.text += stretch;
        }
        begin_ = end_;
    }

    /// What does not stand in the document goes here, behind the stretch so far.
    std::string& fresh()
    {
        end_stretch();
        return out_.text;
    }

    void copy_member(const Member& member)
    {
        const auto key = document_.key(member);
        auto from = member.begin;
        if (const auto* name = find_edit(edits_.renamed, key)) {
            append_quoted(fresh(), *name);
            // Only white space and the colon stand between the key's closing quote and the value.
            from = static_cast<std::uint32_t>(text_.rfind('"', member.value_begin - 1)) + 1;
        }
        const auto* value = find_edit(edits_.set, key);
        copy(from, value ? member.value_begin : member.value_end);
        if (value) fresh() += *value;
    }

    void add_member(const Edits::Set& edit)
    {
        const bool stands = document_.contains(edit.key) && !has_edit(edits_.removed, edit.key);
        if (stands || &edit.value != find_edit(edits_.set, edit.key)) return;
        auto& out = fresh();
        if (!first_) out += ',';
        const auto* name = find_edit(edits_.renamed, edit.key);
        append_quoted(out, name ? *name : edit.key);
        out.append(":").append(edit.value);
        first_ = false;
    }
};

}  // namespace

Result<Document> Document::parse(std::string text)
{
    Result<Document> document;
    Reader reader(std::move(text), *document);
    while (reader.next_key()) reader.value().skip();
    if (auto read = reader.finish(); !read) document = std::unexpected(std::move(read).error());
    return document;
}

Document::Reader::Reader(std::string text, Document& into)
    : document_(into), at_(std::string_view())
{
    document_.text_ = std::move(text);
    document_.members_.clear();
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
    document_.members_.reserve(8);
    at_.enter_object();
    from_ = at_.offset();
}

std::optional<std::string_view> Document::Reader::next_key()
{
    if (refused_) return std::nullopt;
    end_member();
    const auto key = at_.next_key();
    if (!key) return std::nullopt;
    if (document_.members_.size() == max_members) {
        refused_ = {ErrorKind::malformed, "a JSON object with more than 10000 members"};
        return std::nullopt;
    }
    begin_member(*key);
    return key;
}

void Document::Reader::begin_member(std::string_view key)
{
    const auto& text = document_.text_;
    auto begin = from_;  // only white space and a comma stand before the key
    while (text[begin] != '"') ++begin;
    const bool escaped = at_.had_escapes(key);
    const auto key_begin = escaped ? document_.unescaped_.size() : begin + 1;
    if (escaped) document_.unescaped_ += key;
    document_.members_.push_back(
        {.begin = static_cast<std::uint32_t>(begin),
         .value_begin = static_cast<std::uint32_t>(at_.offset()),
         .value_end = 0,
         .key_begin = static_cast<std::uint32_t>(key_begin),
         .key_size = static_cast<std::uint32_t>(key.size()),
         .key_had_escapes = escaped}
    );
}

void Document::Reader::end_member()
{
    auto& members = document_.members_;
    if (members.empty()) return;
    from_ = at_.offset();
    members.back().value_end = static_cast<std::uint32_t>(from_);
}

Result<void> Document::Reader::finish()
{
    const bool decided = refused_ && refused_->kind == ErrorKind::malformed;
    if (!decided && !at_.finish()) return std::unexpected(at_.error());
    if (refused_) return fail(refused_->kind, refused_->message);
    return {};
}

std::optional<std::string_view> Document::find(std::string_view key) const
{
    // Most keys differ in length.
    for (auto member = members_.end(); member != members_.begin();)
        if ((--member)->key_size == key.size() && this->key(*member) == key) return value(*member);
    return std::nullopt;
}

std::string Document::spliced(const Edits& edits) const
{
    if (edits.empty()) return text_;
    Spliced out;
    Splice(*this, edits, out).run(std::string_view::npos);
    return std::move(out.text);
}

Spliced Document::spliced_lending(const Edits& edits, std::size_t lendable) const
{
    Spliced out;
    Splice(*this, edits, out).run(lendable);
    return out;
}

}  // namespace sluice::json
