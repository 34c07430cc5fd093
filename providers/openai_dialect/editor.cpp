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

bool is_of_tools(std::string_view field)
{
    return field == "tools" || field == "tool_choice" || field == "parallel_tool_calls" ||
           field == "functions" || field == "function_call";
}

}  // namespace

std::optional<std::string_view> Editor::value(std::string_view field) const
{
    auto found = document_.find(field);
    if (found && json::is_null(*found)) found.reset();
    return found;
}

bool Editor::is_left_out(std::string_view path) const
{
    return names(left_out_, path);
}

bool Editor::refuses(std::string_view field) const
{
    return names(refused_, field) || names(dialect_.unsupported, field) || is_left_out(field) ||
           (!dialect_.tools && is_of_tools(field));
}

void Editor::drop(std::string_view field)
{
    if (names(edits_.removed, field)) return;
    edits_.remove(field);
    if (value(field)) warn(dropped(field, target_));
}

Result<void> Editor::drop_refused(std::span<const std::string_view> handled)
{
    for (const auto& member : document_.members()) {
        const auto key = document_.key(member);
        if (names(handled, key)) continue;
        const auto* field = find_field(key);
        const auto nature = field ? field->nature : Nature::tuning;
        if (nature == Nature::gateway) edits_.remove(key);
        if (nature == Nature::gateway || nature == Nature::core) continue;
        if (!refuses(key) && (field || dialect_.extra_fields)) continue;
        if (carries_meaning(key, document_.value(member))) return unfit(key, target_);
        drop(key);
    }
    return {};
}

/// The member's value with the edits made so far.
std::string Editor::current(std::string_view field) const
{
    for (const auto& edit : edits_.set)
        if (edit.key == field) return edit.value;
    return std::string(document_.find(field).value_or(""));
}

void Editor::drop_nested()
{
    for (const std::string_view path : left_out_) {
        const auto dot = path.find('.');
        if (dot == path.npos) continue;
        const auto field = path.substr(0, dot);
        if (!document_.contains(field) || names(edits_.removed, field)) continue;
        const auto before = current(field);
        auto after = without_path(before, path.substr(dot + 1));
        if (after == before) continue;
        std::erase_if(edits_.set, [&](const auto& edit) { return edit.key == field; });
        put(field, after);
        warn(dropped(path, target_));
    }
}

void Editor::finish(Call& call)
{
    put_body(call.request, document_.spliced_lending(edits_));
    call.warnings = std::move(warnings_);
}

}  // namespace sluice::openai_dialect
