#include "api/chat_message.hpp"

#include "api/json_array.hpp"
#include "core/json.hpp"

namespace sluice {
namespace {

void raw_unless_empty(json::ObjectWriter& object, std::string_view key, std::string_view json_text)
{
    if (!json_text.empty()) object.raw(key, json_text);
}

void field_or_null(
    json::ObjectWriter& object, std::string_view key, const std::optional<std::string>& text
)
{
    if (text)
        object.field(key, *text);
    else
        object.null(key);
}

void append_tool_call(std::string& out, const ToolCall& call)
{
    const std::string_view type = call.custom ? "custom" : "function";
    json::ObjectWriter object(out);
    object.field("id", call.id).field("type", type);
    json::ObjectWriter inner(object.key(type));
    inner.field("name", call.name).field(call.custom ? "input" : "arguments", call.arguments);
    inner.close();
    object.close();
}

}  // namespace

void append_message(std::string& out, const Choice& choice, std::string_view model)
{
    json::ObjectWriter message(out);
    message.field("role", "assistant");
    field_or_null(message, "content", choice.content);
    if (!model.empty()) message.field("model", model);
    if (!choice.tool_calls.empty())
        append_array(message.key("tool_calls"), choice.tool_calls, [&](const ToolCall& call) {
            append_tool_call(out, call);
        });
    if (choice.refusal || model.empty()) field_or_null(message, "refusal", choice.refusal);
    if (!choice.reasoning.empty()) message.field("reasoning_content", choice.reasoning);
    raw_unless_empty(message, "annotations", choice.annotations);
    raw_unless_empty(message, "audio", choice.audio);
    message.close();
}

void append_choice(std::string& out, const Choice& choice, std::string_view model)
{
    json::ObjectWriter object(out);
    object.field("index", choice.index);
    append_message(object.key("message"), choice, model);
    if (!choice.logprobs.empty() || model.empty())
        object.raw("logprobs", choice.logprobs.empty() ? "null" : choice.logprobs);
    object.field("finish_reason", to_string(choice.finish));
    object.close();
}

void append_choices(std::string& out, const ChatResponse& response, std::string_view model)
{
    append_array(out, response.choices, [&](const Choice& choice) {
        append_choice(out, choice, model);
    });
}

}  // namespace sluice
