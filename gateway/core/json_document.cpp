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
    if (text.size() > std::numeric_limits<std::uint32_t>::max())
        return sluice::fail(ErrorKind::malformed, "JSON text of 4 GiB or more");
    Document document;
    Cursor at(text);
    if (at.peek() != Cursor::Kind::object) {
        at.skip();
        if (!at.finish()) return std::unexpected(at.error());
        return sluice::fail(ErrorKind::invalid_request, "expected a JSON object");
    }
    document.members_.reserve(16);
    at.enter_object();
    auto from = at.offset();
    while (auto key = at.next_key()) {
        if (document.members_.size() == max_members)
            return sluice::fail(ErrorKind::malformed, "a JSON object with more than 10000 members");
        const auto begin = text.find('"', from);  // only white space and a comma stand before it
        document.members_.push_back(
            {.key = std::string(*key),
             .begin = static_cast<std::uint32_t>(begin),
             .value_begin = static_cast<std::uint32_t>(at.offset()),
             .value_end = 0}
        );
        at.skip();
        from = at.offset();
        document.members_.back().value_end = static_cast<std::uint32_t>(from);
    }
    if (!at.finish()) return std::unexpected(at.error());
    document.text_ = std::move(text);
    return document;
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
