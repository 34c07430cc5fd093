#include "api/unsigned_thoughts.hpp"

#include "api/json_array.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice {
namespace {

/// The elements that stay of an array, each as `edit` makes it (nullopt: it goes), as JSON text.
template <class Edit>
std::string edited_array(std::string_view array, bool& any_left, Edit edit)
{
    std::vector<std::string> left;
    json::Cursor at(array);
    at.enter_array();
    while (at.next_element())
        if (auto element = edit(at.skip())) left.push_back(*std::move(element));
    any_left = !left.empty();
    std::string out;
    append_array(out, left, [&](const std::string& element) { out += element; });
    return out;
}

bool is_unsigned_thought(std::string_view block)
{
    if (!block.contains("thinking")) return false;
    const auto members = json::Document::parse(std::string(block));
    if (!members || members->find("type").and_then(json::as_string) != "thinking") return false;
    return members->find("signature").and_then(json::as_string).value_or("").empty();
}

std::optional<std::string> edited_message(std::string_view message, bool& changed)
{
    const auto members = json::Document::parse(std::string(message));
    const auto content = members ? members->find("content").value_or("") : "";
    if (!content.starts_with('[')) return std::string(message);
    bool found = false;
    bool any_left = false;
    const auto blocks =
        edited_array(content, any_left, [&](std::string_view block) -> std::optional<std::string> {
            if (is_unsigned_thought(block)) return found = true, std::nullopt;
            return std::string(block);
        });
    if (!found) return std::string(message);
    changed = true;
    if (!any_left) return std::nullopt;
    json::Edits edits;
    edits.put("content", blocks);
    return members->spliced(edits);
}

}  // namespace

json::Document without_unsigned_thoughts(json::Document request)
{
    const auto messages = request.find("messages").value_or("");
    if (!messages.starts_with('[') || !messages.contains(R"("thinking")")) return request;
    bool changed = false;
    bool any_left = false;
    const auto edited = edited_array(messages, any_left, [&](std::string_view message) {
        return edited_message(message, changed);
    });
    if (!changed) return request;
    json::Edits edits;
    edits.put("messages", edited);
    return json::Document::parse(request.spliced(edits)).value_or(std::move(request));
}

}  // namespace sluice
