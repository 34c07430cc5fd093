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

std::size_t growth(const Edits& edits)
{
    std::size_t sum = 0;
    for (const auto* list : {&edits.set, &edits.renamed})
        for (const auto& edit : *list) sum += edit.key.size() + edit.value.size() + 4;
    return sum;
}

/// A text being put together out of members of a document and new ones.
struct Splice {
    std::string_view text;
    const Edits& edits;
    std::string out;

    void copy(std::size_t begin, std::size_t end) { out.append(text.substr(begin, end - begin)); }

    void copy_member(const Member& member)
    {
        auto from = member.begin;
        if (const auto* name = find_edit(edits.renamed, member.key)) {
            append_quoted(out, *name);
            // Only white space and the colon stand between the key's closing quote and the value.
            from = static_cast<std::uint32_t>(text.rfind('"', member.value_begin - 1)) + 1;
        }
        const auto* value = find_edit(edits.set, member.key);
        copy(from, value ? member.value_begin : member.value_end);
        if (value) out += *value;
    }

    void add_member(const std::string& key, const std::string& value)
    {
        const auto* name = find_edit(edits.renamed, key);
        append_quoted(out, name ? *name : key);
        out += ':';
        out += value;
    }
};

}  // namespace

Result<Document> Document::parse(std::string text)
{
    Reader reader(std::move(text));
    while (reader.next_key()) reader.value().skip();
    return reader.finish();
}

Document::Reader::Reader(std::string text) : at_(std::string_view())
{
    document_.text_ = std::move(text);
    const auto& kept = document_.text_;
    if (kept.size() > std::numeric_limits<std::uint32_t>::max()) {
        refused_ = {.kind = ErrorKind::malformed, .message = "JSON text of 4 GiB or more"};
        return;
    }
    at_ = Cursor(kept);
    if (at_.peek() != Cursor::Kind::object) {
        at_.skip();
        refused_ = {.kind = ErrorKind::invalid_request, .message = "expected a JSON object"};
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
    auto& members = document_.members_;
    if (members.size() == max_members) {
        refused_ = {
            .kind = ErrorKind::malformed, .message = "a JSON object with more than 10000 members"
        };
        return std::nullopt;
    }
    // Only white space and a comma stand before the key.
    const auto begin = document_.text_.find('"', from_);
    members.push_back(
        {.key = std::string(*key),
         .begin = static_cast<std::uint32_t>(begin),
         .value_begin = static_cast<std::uint32_t>(at_.offset()),
         .value_end = 0}
    );
    return key;
}

void Document::Reader::end_member()
{
    auto& members = document_.members_;
    if (members.empty()) return;
    from_ = at_.offset();
    members.back().value_end = static_cast<std::uint32_t>(from_);
}

Result<Document> Document::Reader::finish()
{
    const bool decided = refused_ && refused_->kind == ErrorKind::malformed;
    if (!decided && !at_.finish()) return std::unexpected(at_.error());
    if (refused_) return std::unexpected(*std::move(refused_));
    return std::move(document_);
}

std::optional<std::string_view> Document::find(std::string_view key) const
{
    for (const auto& member : members_ | std::views::reverse)
        if (member.key == key) return value(member);
    return std::nullopt;
}

std::string Document::spliced(const Edits& edits) const
{
    if (edits.empty()) return text_;
    Splice splice{.text = text_, .edits = edits, .out = {}};
    splice.out.reserve(text_.size() + growth(edits));

    const auto removed = [&](std::string_view key) {
        return std::ranges::find(edits.removed, key) != edits.removed.end();
    };
    auto last = members_.empty() ? text_.find('{') + 1 : members_.front().begin;
    splice.copy(0, last);
    bool first = true;
    for (const auto& member : members_) {
        if (!removed(member.key)) {
            if (!first) splice.copy(last, member.begin);  // the comma, and the space around it
            splice.copy_member(member);
            first = false;
        }
        last = member.value_end;
    }
    for (const auto& edit : edits.set) {
        const bool stands = contains(edit.key) && !removed(edit.key);
        if (stands || &edit.value != find_edit(edits.set, edit.key)) continue;
        if (!first) splice.out += ',';
        splice.add_member(edit.key, edit.value);
        first = false;
    }
    splice.copy(last, text_.size());
    return std::move(splice.out);
}

}  // namespace sluice::json
