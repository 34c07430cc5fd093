#include "api/responses_output.hpp"

#include "api/json_array.hpp"
#include "api/json_look.hpp"

#include <utility>

namespace sluice {
namespace {

using json::ObjectWriter;
using Type = OutputItem::Type;

std::string_view type_name(Type type)
{
    switch (type) {
        case Type::reasoning: return "reasoning";
        case Type::message: return "message";
        case Type::function_call: return "function_call";
        case Type::custom_tool_call: return "custom_tool_call";
    }
    std::unreachable();
}

/// Empty where nothing is missing.
std::string_view incomplete_reason(FinishReason finish)
{
    if (finish == FinishReason::length) return "max_output_tokens";
    if (finish == FinishReason::content_filter) return "content_filter";
    return {};
}

void append_message(ObjectWriter& out, const OutputItem& item)
{
    out.field("role", "assistant");
    auto& content = out.key("content") += '[';
    if (!item.text.empty() || item.refusal.empty())
        content += text_part_json(item.text, item.logprobs);
    if (!item.text.empty() && !item.refusal.empty()) content += ',';
    if (!item.refusal.empty()) content += refusal_part_json(item.refusal);
    content += ']';
}

}  // namespace

std::string_view id_prefix(Type type)
{
    switch (type) {
        case Type::reasoning: return "rs_";
        case Type::message: return "msg_";
        case Type::function_call: return "fc_";
        case Type::custom_tool_call: return "ctc_";
    }
    std::unreachable();
}

std::string to_json(const OutputItem& item, std::string_view status)
{
    const bool begun = status != "in_progress";
    std::string out;
    ObjectWriter object(out);
    object.field("id", item.id).field("type", type_name(item.type)).field("status", status);
    switch (item.type) {
        case Type::reasoning:
            object.raw("summary", begun ? concat("[", summary_part_json(item.text), "]") : "[]");
            break;
        case Type::message:
            if (begun)
                append_message(object, item);
            else
                object.field("role", "assistant").raw("content", "[]");
            break;
        case Type::function_call:
        case Type::custom_tool_call:
            object.field("call_id", item.call_id).field("name", item.name);
            object.field(
                item.type == Type::function_call ? "arguments" : "input",
                begun ? std::string_view(item.text) : std::string_view()
            );
            break;
    }
    object.close();
    return out;
}

std::string_view status_at_end(FinishReason finish)
{
    return incomplete_reason(finish).empty() ? "completed" : "incomplete";
}

ResponseState end_state(
    const std::vector<OutputItem>& items, FinishReason finish, const Usage& usage
)
{
    const auto last_status = status_at_end(finish);
    std::string output;
    append_array(output, items, [&](const OutputItem& item) {
        output += to_json(item, &item == &items.back() ? last_status : "completed");
    });
    return {
        .status = last_status,
        .incomplete_reason = incomplete_reason(finish),
        .output = std::move(output),
        .usage = responses_usage_json(usage),
    };
}

std::string text_part_json(std::string_view text, std::string_view logprobs)
{
    std::string out;
    ObjectWriter part(out);
    part.field("type", "output_text").raw("annotations", "[]");
    part.raw("logprobs", concat("[", logprobs, "]")).field("text", text);
    part.close();
    return out;
}

std::string refusal_part_json(std::string_view refusal)
{
    std::string out;
    ObjectWriter part(out);
    part.field("type", "refusal").field("refusal", refusal);
    part.close();
    return out;
}

std::string summary_part_json(std::string_view text)
{
    std::string out;
    ObjectWriter part(out);
    part.field("type", "summary_text").field("text", text);
    part.close();
    return out;
}

std::string logprob_elements(std::string_view chat_logprobs)
{
    if (chat_logprobs.empty()) return {};
    std::string out;
    const auto logprobs = object_of(chat_logprobs);
    for (const auto element : elements_of(value_or(logprobs, "content", "[]")))
        out.append(out.empty() ? "" : ",").append(element);
    return out;
}

std::vector<OutputItem> output_of(const Choice& choice, const NewId& new_id)
{
    std::vector<OutputItem> items;
    const auto add = [&](Type type) -> OutputItem& {
        return items.emplace_back(OutputItem{.type = type, .id = new_id(id_prefix(type))});
    };
    if (!choice.reasoning.empty()) add(Type::reasoning).text = choice.reasoning;
    const auto content = choice.content.value_or("");
    const auto refusal = choice.refusal.value_or("");
    if (!content.empty() || !refusal.empty() || choice.tool_calls.empty()) {
        auto& message = add(Type::message);
        message.text = content;
        message.refusal = refusal;
        message.logprobs = logprob_elements(choice.logprobs);
    }
    for (const auto& call : choice.tool_calls) {
        auto& item = add(call.custom ? Type::custom_tool_call : Type::function_call);
        item.call_id = call.id;
        item.name = call.name;
        item.text = call.arguments.empty() && !call.custom ? "{}" : call.arguments;
    }
    return items;
}

}  // namespace sluice
