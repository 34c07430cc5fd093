#include "providers/openai_dialect/editor.hpp"

#include "providers/openai_dialect/call.hpp"
#include "providers/openai_dialect/fields.hpp"

#include <algorithm>

namespace sluice::openai_dialect {
namespace {

template <class List>
bool names(const List& list, std::string_view field)
{
    return std::ranges::find(list, field) != list.end();
}

constexpr json::KeySet tool_fields{
    "tools", "tool_choice", "parallel_tool_calls", "functions", "function_call"
};

}  // namespace

Editor::Editor(
    const json::Document& document,
    std::string_view target,
    LeftOut left_out,
    const DialectOptions& dialect,
    json::KeySet refused
)
    : document_(document),
      target_(target),
      left_out_(left_out),
      dialect_(dialect),
      refused_(refused)
{
    for (const auto& field : dialect.unsupported) refused_.add(field);
    for (const auto& path : left_out) refused_.add(path);
    if (!dialect.tools) refused_ = refused_ | tool_fields;
}

std::optional<std::string_view> Editor::value(json::Key field) const
{
    auto found = document_.find(field);
    if (found && json::is_null(*found)) found.reset();
    return found;
}

bool Editor::is_left_out(std::string_view path) const
{
    return names(left_out_, path);
}

bool Editor::refuses(json::Key field) const
{
    if (!refused_.contains(field)) return false;
    return field.number() != 0 || names(dialect_.unsupported, field) || is_left_out(field);
}

void Editor::drop(json::Key field)
{
    if (edits_.find(json::Edit::Kind::remove, field)) return;
    edits_.remove(field);
    if (value(field)) warn(dropped(field, target_));
}

Result<void> Editor::drop_refused(json::KeySet handled, bool takes_extra_fields)
{
    const auto taken = sendable_fields() - refused_;
    if ((document_.keys() - taken - handled).empty()) return {};
    for (const auto& member : document_.members()) {
        const auto key = document_.numbered_key(member);
        if (handled.contains(key)) continue;
        const auto* field = find_field(key);
        const auto nature = field ? field->nature : Nature::tuning;
        if (nature == Nature::gateway) edits_.remove(key);
        if (nature == Nature::gateway || nature == Nature::core) continue;
        if (!refuses(key) && (field || takes_extra_fields)) continue;
        if (carries_meaning(key, document_.value(member))) return unfit(key, target_);
        drop(key);
    }
    return {};
}

/// The member's value with the edits made so far.
std::string_view Editor::current(json::Key field) const
{
    if (const auto* put = edits_.find(json::Edit::Kind::put, field)) return put->value;
    return document_.find(field).value_or("");
}

void Editor::drop_nested()
{
    for (const std::string_view path : left_out_) {
        const auto dot = path.find('.');
        if (dot == path.npos) continue;
        const json::Key field = path.substr(0, dot);
        if (!document_.contains(field) || edits_.find(json::Edit::Kind::remove, field)) continue;
        const auto before = current(field);
        auto after = without_path(before, path.substr(dot + 1));
        if (after == before) continue;
        put(field, std::move(after));
        warn(dropped(path, target_));
    }
}

void Editor::finish(Call& call)
{
    put_body(call.request, document_.spliced_lending(edits_));
    call.warnings = std::move(warnings_);
}

}  // namespace sluice::openai_dialect
