#include "api/message_events.hpp"

#include "core/json.hpp"
#include "core/sse.hpp"

#include <algorithm>
#include <utility>

namespace sluice {
namespace {

bool is_whole_json(std::string_view text)
{
    json::Cursor at(text);
    at.skip();
    return at.finish();
}

std::string tool_use_json(std::string_view id, std::string_view name)
{
    std::string out;
    json::ObjectWriter block(out);
    block.field("type", "tool_use").field("id", id).field("name", name).raw("input", "{}");
    block.close();
    return out;
}

void append_block_delta(
    std::string& out, int index, std::string_view type, std::string_view key, std::string_view text
)
{
    std::string data;
    json::ObjectWriter event(data);
    event.field("type", "content_block_delta").field("index", index);
    json::ObjectWriter delta(event.key("delta"));
    delta.field("type", type).field(key, text).close();
    event.close();
    append_event(out, "content_block_delta", data);
}

}  // namespace

MessageEvents::MessageEvents(std::string request_id, std::string model)
    : request_id_(std::move(request_id)), model_(std::move(model))
{
}

void MessageEvents::append(std::string& out, const ChatDelta& delta)
{
    const auto choice = std::ranges::find(delta.choices, 0, &ChoiceDelta::index);
    if (choice == delta.choices.end()) return;
    start(out, delta);
    take_text(out, Block::thinking, choice->reasoning);
    take_text(out, Block::text, choice->content);
    take_text(out, Block::text, choice->refusal);
    shown_.refusal |= !choice->refusal.empty();
    for (const auto& fragment : choice->tool_calls) take_fragment(fragment);
    if (!choice->tool_calls.empty()) show_calls(out, false);
    if (!calls_go_on()) release_texts(out);
    if (choice->finish != FinishReason::none) finish_ = choice->finish;
}

void MessageEvents::finish(std::string& out, const Usage& usage)
{
    start(out, {});
    show_calls(out, true);
    release_texts(out);
    close(out);
    std::string data;
    json::ObjectWriter event(data);
    event.field("type", "message_delta");
    json::ObjectWriter delta(event.key("delta"));
    delta.field("stop_reason", stop_reason(finish_, shown_)).null("stop_sequence").close();
    event.raw("usage", message_usage_json(usage)).close();
    append_event(out, "message_delta", data);
    append_event(out, "message_stop", R"({"type":"message_stop"})");
}

/// How much was read is known at the end only; message_delta says it then.
void MessageEvents::start(std::string& out, const ChatDelta& delta)
{
    if (std::exchange(started_, true)) return;
    std::string data;
    json::ObjectWriter event(data);
    event.field("type", "message_start");
    json::ObjectWriter message(event.key("message"));
    message.field("id", message_id(delta.id, request_id_));
    message.field("type", "message").field("role", "assistant");
    message.field("model", delta.model.empty() ? model_ : delta.model);
    message.raw("content", "[]").null("stop_reason").null("stop_sequence").null("stop_details");
    message.raw("usage", message_usage_json(delta.usage.value_or(Usage{}))).close();
    event.close();
    append_event(out, "message_start", data);
}

/// True while some call that has begun lacks a part of its arguments.
bool MessageEvents::calls_go_on() const
{
    return std::any_of(
        calls_.begin() + static_cast<std::ptrdiff_t>(call_),
        calls_.end(),
        [](const Call& call) { return !is_whole_json(call.arguments); }
    );
}

void MessageEvents::take_text(std::string& out, Block kind, std::string_view text)
{
    if (text.empty()) return;
    if (held_.empty() && !calls_go_on()) return append_text(out, kind, text);
    held_.push_back({kind, std::string(text)});
}

void MessageEvents::release_texts(std::string& out)
{
    for (const auto& [kind, text] : std::exchange(held_, {})) append_text(out, kind, text);
}

void MessageEvents::append_text(std::string& out, Block kind, std::string_view text)
{
    const bool thinking = kind == Block::thinking;
    if (block_ != kind) {
        show_calls(out, true);
        close(out);
        open(
            out,
            kind,
            thinking ? R"({"type":"thinking","thinking":"","signature":""})"
                     : R"({"type":"text","text":""})"
        );
    }
    if (thinking)
        append_block_delta(out, index_, "thinking_delta", "thinking", text);
    else
        append_block_delta(out, index_, "text_delta", "text", text);
}

void MessageEvents::take_fragment(const ToolCallDelta& fragment)
{
    shown_.tool_calls = true;
    auto call = std::ranges::find(calls_, fragment.index, &Call::index);
    if (call == calls_.end())
        call = calls_.insert(
            call,
            {.index = fragment.index, .id = fragment.id, .name = fragment.name, .arguments = {}}
        );
    call->arguments += fragment.arguments;
}

/// The calls that can be shown by now: the first that is not over, and each whose predecessor has
/// all its arguments. all: the others too, for no more of them is to come.
void MessageEvents::show_calls(std::string& out, bool all)
{
    for (; call_ < calls_.size(); ++call_) {
        auto& call = calls_[call_];
        if (block_ != Block::tool_use) {
            close(out);
            open(out, Block::tool_use, tool_use_json(call.id, call.name));
        }
        if (const auto rest = std::string_view(call.arguments).substr(call.shown); !rest.empty())
            append_block_delta(out, index_, "input_json_delta", "partial_json", rest);
        call.shown = call.arguments.size();
        const bool last = call_ + 1 == calls_.size();
        if (!all && (last || !is_whole_json(call.arguments))) return;
        close(out);
    }
}

void MessageEvents::open(std::string& out, Block kind, std::string_view content_block)
{
    block_ = kind;
    std::string data;
    json::ObjectWriter event(data);
    event.field("type", "content_block_start").field("index", ++index_);
    event.raw("content_block", content_block).close();
    append_event(out, "content_block_start", data);
}

void MessageEvents::close(std::string& out)
{
    if (std::exchange(block_, Block::none) == Block::none) return;
    std::string data;
    json::ObjectWriter event(data);
    event.field("type", "content_block_stop").field("index", index_).close();
    append_event(out, "content_block_stop", data);
}

}  // namespace sluice
