#include "api/messages_turns.hpp"

#include "api/json_array.hpp"
#include "api/messages_parts.hpp"

#include <iterator>
#include <utility>
#include <vector>

namespace sluice {
namespace {

class Turns {
public:
    void add_system(const CheckedObject& request);
    void add(const CheckedObject& message);
    std::vector<std::string> take() { return std::move(messages_); }

private:
    std::vector<std::string> messages_;  // JSON text each

    void add_user(const CheckedObject& message);
    void add_result(const CheckedObject& block, ContentParts& shown);
    void add_assistant(const CheckedObject& message);
    void add_message(std::string_view role, std::string_view content);
};

void Turns::add_message(std::string_view role, std::string_view content)
{
    json::ObjectWriter message(messages_.emplace_back());
    message.field("role", role).raw("content", content).close();
}

void Turns::add_system(const CheckedObject& request)
{
    ContentParts parts;
    add_texts(parts, request, "system");
    if (!parts.empty()) add_message("system", content_json(parts));
}

void Turns::add(const CheckedObject& message)
{
    const auto role = message.required_text("role");
    if (!message.has("content"))
        message.refuse("content", "is required");
    else if (role == "user")
        add_user(message);
    else if (role == "assistant")
        add_assistant(message);
    else
        message.refuse("role", "must be one of user, assistant; got another string");
}

/// The results of tools are messages of their own, right behind the calls, wherever they stand
/// among the rest of the turn.
void Turns::add_user(const CheckedObject& message)
{
    const auto before = messages_.size();
    ContentParts parts;
    message.read_content(
        "content",
        [&](std::string text) { add_text(parts, std::move(text)); },
        [&](const CheckedObject& block) {
            if (block.text("type") == "tool_result")
                add_result(block, parts);
            else
                add_block(parts, block);
        }
    );
    if (!parts.empty() || messages_.size() == before) add_message("user", content_json(parts));
}

/// A tool message has text only: what else a tool showed goes to the user's turn, and both say so.
void Turns::add_result(const CheckedObject& block, ContentParts& shown)
{
    const auto id = block.required_text("tool_use_id");
    ContentParts parts;
    block.read_content(
        "content",
        [&](std::string text) { add_text(parts, std::move(text)); },
        [&](const CheckedObject& inner) { add_block(parts, inner); }
    );
    std::string text;
    ContentParts others;
    for (auto& part : parts) {
        if (!part.json.empty()) {
            others.push_back(std::move(part));
            continue;
        }
        if (!text.empty()) text += '\n';
        text += part.text;
    }
    if (block.flag("is_error")) text.insert(0, text.empty() ? "Error" : "Error: ");
    if (!others.empty()) {
        if (!text.empty()) text += '\n';
        text += "(shown in the next message)";
        add_text(shown, concat("Shown by the tool call ", id, ":"));
        shown.insert(
            shown.end(),
            std::make_move_iterator(others.begin()),
            std::make_move_iterator(others.end())
        );
    }
    json::ObjectWriter message(messages_.emplace_back());
    message.field("role", "tool").field("tool_call_id", id).field("content", text).close();
}

std::string tool_call_json(const CheckedObject& block)
{
    const auto input = block.required_object("input");
    std::string out;
    json::ObjectWriter call(out);
    call.field("id", block.required_text("id")).field("type", "function");
    json::ObjectWriter function(call.key("function"));
    function.field("name", block.required_text("name")).field("arguments", input.json()).close();
    call.close();
    return out;
}

/// Texts that something stood between are paragraphs. A turn of thoughts alone says nothing here.
void Turns::add_assistant(const CheckedObject& message)
{
    std::string text;
    std::vector<std::string> calls;
    bool apart = false;
    message.read_content(
        "content",
        [&](std::string whole) { text = std::move(whole); },
        [&](const CheckedObject& block) {
            const auto type = block.required_text("type");
            if (type == "text") {
                if (apart && !text.empty()) text += "\n\n";
                text += block.required_text("text");
                apart = false;
                return;
            }
            apart = true;
            if (type == "tool_use")
                calls.push_back(tool_call_json(block));
            else if (type != "thinking" && type != "redacted_thinking")
                block.cannot_be_expressed();
        }
    );
    if (text.empty() && calls.empty()) return;
    json::ObjectWriter said(messages_.emplace_back());
    said.field("role", "assistant");
    if (text.empty())
        said.null("content");
    else
        said.field("content", text);
    if (!calls.empty()) {
        auto& out = said.key("tool_calls");
        append_array(out, calls, [&](const std::string& call) { out += call; });
    }
    said.close();
}

}  // namespace

void append_chat_messages(std::string& out, const CheckedObject& request)
{
    Turns turns;
    turns.add_system(request);
    bool any = false;
    request.for_each_in("messages", [&](const CheckedObject& message) {
        any = true;
        turns.add(message);
    });
    if (!any) request.refuse("messages", "must have at least 1 message; got none");
    const auto messages = turns.take();
    if (messages.empty()) request.refuse("messages", "must say something; got thoughts only");
    append_array(out, messages, [&](const std::string& message) { out += message; });
}

}  // namespace sluice
