#include "api/responses_events.hpp"

#include <algorithm>
#include <utility>

namespace sluice {

using json::ObjectWriter;

template <class Fill>
void ResponseEvents::tell(
    std::string& out, std::string_view type, const OutputItem& item, Fill fill
)
{
    events_.append(out, type, [&](ObjectWriter& data) {
        data.field("item_id", item.id).field("output_index", &item - items_.data());
        fill(data);
    });
}

void ResponseEvents::open(std::string& out)
{
    const auto response = object_.text({});
    for (const auto* type : {"response.created", "response.in_progress"})
        events_.append(out, type, [&](ObjectWriter& data) { data.raw("response", response); });
}

void ResponseEvents::append(std::string& out, const ChoiceDelta& choice)
{
    if (choice.index != 0) return;  // a response is one answer
    if (!choice.reasoning.empty()) append_thought(out, choice.reasoning);
    if (!choice.content.empty()) append_text(out, choice.content, choice.logprobs);
    if (!choice.refusal.empty()) append_refusal(out, choice.refusal);
    for (const auto& fragment : choice.tool_calls) append_call(out, fragment);
    if (choice.finish != FinishReason::none) finish_ = choice.finish;
}

void ResponseEvents::append_thought(std::string& out, const std::string& text)
{
    if (!speaks(Type::reasoning)) {
        const auto& item = open_item(out, {.type = Type::reasoning, .id = {}});
        tell(out, "response.reasoning_summary_part.added", item, [](ObjectWriter& data) {
            data.field("summary_index", 0).raw("part", summary_part_json(""));
        });
    }
    auto& item = items_[*speaking_];
    item.text += text;
    tell(out, "response.reasoning_summary_text.delta", item, [&](ObjectWriter& data) {
        data.field("summary_index", 0).field("delta", text);
    });
}

void ResponseEvents::append_text(
    std::string& out, const std::string& text, std::string_view logprobs
)
{
    if (!speaks(Type::message) || !items_[*speaking_].refusal.empty()) open_message(out);
    auto& item = items_[*speaking_];
    const auto elements = logprob_elements(logprobs);
    if (!item.logprobs.empty() && !elements.empty()) item.logprobs += ',';
    item.logprobs += elements;
    item.text += text;
    tell(out, "response.output_text.delta", item, [&](ObjectWriter& data) {
        data.field("content_index", 0).field("delta", text);
        data.raw("logprobs", concat("[", elements, "]"));
    });
}

void ResponseEvents::append_refusal(std::string& out, const std::string& text)
{
    if (!speaks(Type::message)) open_item(out, {.type = Type::message, .id = {}});
    auto& item = items_[*speaking_];
    const int part = item.text.empty() ? 0 : 1;
    if (item.refusal.empty()) {
        if (part > 0) close_text_part(out, item);
        tell(out, "response.content_part.added", item, [&](ObjectWriter& data) {
            data.field("content_index", part).raw("part", refusal_part_json(""));
        });
    }
    item.refusal += text;
    tell(out, "response.refusal.delta", item, [&](ObjectWriter& data) {
        data.field("content_index", part).field("delta", text);
    });
}

void ResponseEvents::append_call(std::string& out, const ToolCallDelta& fragment)
{
    const auto call = std::ranges::find(calls_, fragment.index, &Call::index);
    auto& item = call == calls_.end() ? begin_call(out, fragment) : items_[call->item];
    if (!fragment.arguments.empty()) add_arguments(out, item, fragment.arguments);
}

OutputItem& ResponseEvents::begin_call(std::string& out, const ToolCallDelta& fragment)
{
    calls_.push_back({.index = fragment.index, .item = items_.size()});
    return open_item(
        out,
        {.type = fragment.custom ? Type::custom_tool_call : Type::function_call,
         .id = {},
         .call_id = fragment.id.empty() ? new_id_("call_") : fragment.id,
         .name = fragment.name}
    );
}

void ResponseEvents::add_arguments(std::string& out, OutputItem& item, const std::string& text)
{
    const bool custom = item.type == Type::custom_tool_call;
    item.text += text;
    tell(
        out,
        custom ? "response.custom_tool_call_input.delta" : "response.function_call_arguments.delta",
        item,
        [&](ObjectWriter& data) { data.field("delta", text); }
    );
}

/// Opens a message with a part for text.
void ResponseEvents::open_message(std::string& out)
{
    const auto& item = open_item(out, {.type = Type::message, .id = {}});
    tell(out, "response.content_part.added", item, [](ObjectWriter& data) {
        data.field("content_index", 0).raw("part", text_part_json(""));
    });
}

OutputItem& ResponseEvents::open_item(std::string& out, OutputItem item)
{
    stop_speaking(out, "completed");
    item.id = new_id_(id_prefix(item.type));
    const auto index = items_.size();
    if (!item.is_call()) speaking_ = index;
    items_.push_back(std::move(item));
    events_.append(out, "response.output_item.added", [&](ObjectWriter& data) {
        data.field("output_index", static_cast<std::int64_t>(index));
        data.raw("item", to_json(items_.back(), "in_progress"));
    });
    return items_.back();
}

/// Closes the item that takes text, where there is one.
void ResponseEvents::stop_speaking(std::string& out, std::string_view status)
{
    const auto index = std::exchange(speaking_, std::nullopt);
    if (!index) return;
    const auto& item = items_[*index];
    if (item.type == Type::reasoning) {
        tell(out, "response.reasoning_summary_text.done", item, [&](ObjectWriter& data) {
            data.field("summary_index", 0).field("text", item.text);
        });
        tell(out, "response.reasoning_summary_part.done", item, [&](ObjectWriter& data) {
            data.field("summary_index", 0).raw("part", summary_part_json(item.text));
        });
    } else if (item.refusal.empty()) {
        close_text_part(out, item);
    } else {
        const int part = item.text.empty() ? 0 : 1;
        tell(out, "response.refusal.done", item, [&](ObjectWriter& data) {
            data.field("content_index", part).field("refusal", item.refusal);
        });
        tell(out, "response.content_part.done", item, [&](ObjectWriter& data) {
            data.field("content_index", part).raw("part", refusal_part_json(item.refusal));
        });
    }
    close_item(out, item, status);
}

void ResponseEvents::close_text_part(std::string& out, const OutputItem& item)
{
    tell(out, "response.output_text.done", item, [&](ObjectWriter& data) {
        data.field("content_index", 0).field("text", item.text);
        data.raw("logprobs", concat("[", item.logprobs, "]"));
    });
    tell(out, "response.content_part.done", item, [&](ObjectWriter& data) {
        data.field("content_index", 0).raw("part", text_part_json(item.text, item.logprobs));
    });
}

void ResponseEvents::close_call(std::string& out, OutputItem& item, std::string_view status)
{
    if (item.type == Type::custom_tool_call) {
        tell(out, "response.custom_tool_call_input.done", item, [&](ObjectWriter& data) {
            data.field("input", item.text);
        });
    } else {
        if (item.text.empty()) add_arguments(out, item, "{}");  // what clients parse
        tell(out, "response.function_call_arguments.done", item, [&](ObjectWriter& data) {
            data.field("name", item.name).field("arguments", item.text);
        });
    }
    close_item(out, item, status);
}

void ResponseEvents::close_item(std::string& out, const OutputItem& item, std::string_view status)
{
    events_.append(out, "response.output_item.done", [&](ObjectWriter& data) {
        data.field("output_index", &item - items_.data()).raw("item", to_json(item, status));
    });
}

std::string ResponseEvents::finish(std::string& out, const Usage& usage)
{
    end_ = events_.next();
    if (items_.empty()) open_message(out);
    const auto last_status = status_at_end(finish_);
    stop_speaking(out, last_status);
    for (const auto& call : calls_) {
        const bool last = call.item + 1 == items_.size();
        close_call(out, items_[call.item], last ? last_status : "completed");
    }
    auto response = object_.text(end_state(items_, finish_, usage));
    events_.append(out, concat("response.", last_status), [&](ObjectWriter& data) {
        data.raw("response", response);
    });
    return response;
}

void ResponseEvents::fail(std::string& out, const Error& error)
{
    if (end_) events_.go_back_to(*end_);
    const auto failed = object_.text({.status = "failed", .error = response_error_json(error)});
    events_.append_failure(out, error, failed);
}

}  // namespace sluice
