#include "providers/anthropic/stream.hpp"

#include "core/json.hpp"
#include "providers/anthropic/errors.hpp"
#include "providers/tree.hpp"

#include <algorithm>
#include <utility>

namespace sluice::anthropic {

using boost::json::object;
using tree::integer_at;
using tree::object_at;
using tree::string_at;

namespace {

constexpr int most_calls = 1024;

/// Appends what still fits; text that does not makes the whole too long to be kept.
void append_kept(std::string& kept, std::string_view text)
{
    if (kept.size() <= most_thought_bytes) kept += text;
}

}  // namespace

struct MessageStreamDecoder::Row {
    std::string_view type;
    void (MessageStreamDecoder::*take)(const Event&, ChatDelta&);
};

/// Every event that means something to a chat answer; "ping" and all others are passed over.
const MessageStreamDecoder::Row MessageStreamDecoder::rows[]{
    {"message_start", &MessageStreamDecoder::begin},
    {"content_block_start", &MessageStreamDecoder::begin_block},
    {"content_block_delta", &MessageStreamDecoder::block_delta},
    {"content_block_stop", &MessageStreamDecoder::end_block},
    {"message_delta", &MessageStreamDecoder::message_delta},
    {"message_stop", &MessageStreamDecoder::end},
};

Result<void> MessageStreamDecoder::on_event(const SseEvent& event, ChatDelta& delta)
{
    if (complete_ || failed_ || event.data.empty()) return {};
    const auto parsed = json::parse_tree(event.data);
    if (!parsed || !parsed->is_object())
        return fail(ErrorKind::bad_response, "an event of the stream is no JSON object");
    const auto& data = parsed->get_object();
    if (auto error = reported_error(data)) {
        failed_ = true;
        return std::unexpected(*std::move(error));
    }
    const auto named = string_at(data, "type");
    const auto type = named.empty() ? event.type : named;
    if (const auto* row = std::ranges::find(rows, type, &Row::type); row != std::end(rows))
        (this->*row->take)(data, delta);
    if (delta.empty()) return {};
    delta.id = id_;
    delta.model = model_;
    return {};
}

Result<void> MessageStreamDecoder::finish()
{
    if (complete_ && finished_ && !failed_) return {};
    return fail(ErrorKind::stream_interrupted, "the stream ended before the message did");
}

void MessageStreamDecoder::begin(const Event& event, ChatDelta& delta)
{
    const auto& message = object_at(event, "message");
    id_ = string_at(message, "id");
    model_ = string_at(message, "model");
    counts_.add(object_at(message, "usage"));
    if (!opened_) choice_of(delta);
}

void MessageStreamDecoder::begin_block(const Event& event, ChatDelta& delta)
{
    const auto& block = object_at(event, "content_block");
    const auto type = string_at(block, "type");
    block_ = {};
    block_.kind = Kind::other;
    block_.index = integer_at(event, "index");
    if (finished_) return;
    if (type == "text") {
        block_.kind = Kind::text;
        if (const auto text = string_at(block, "text"); !text.empty())
            choice_of(delta).content = text;
    } else if (type == "thinking") {
        block_.kind = Kind::thinking;
        paragraph_pending_ = thought_;
        append_kept(block_.signature, string_at(block, "signature"));
        add_thought(string_at(block, "thinking"), delta);
    } else if (type == "redacted_thinking") {
        thoughts_.add(block);
    } else if (type == "tool_use" && calls_ < most_calls) {
        add_call(block, delta);
    }
}

void MessageStreamDecoder::block_delta(const Event& event, ChatDelta& delta)
{
    if (finished_ || integer_at(event, "index") != block_.index) return;
    const auto& piece = object_at(event, "delta");
    switch (block_.kind) {
        case Kind::text:
            if (const auto text = string_at(piece, "text"); !text.empty())
                choice_of(delta).content = text;
            break;
        case Kind::thinking:
            append_kept(block_.signature, string_at(piece, "signature"));
            add_thought(string_at(piece, "thinking"), delta);
            break;
        case Kind::tool_use:
            if (const auto text = string_at(piece, "partial_json"); !text.empty()) {
                block_.has_input = true;
                add_arguments(block_.call, text, delta);
            }
            break;
        case Kind::none:
        case Kind::other: break;
    }
}

void MessageStreamDecoder::end_block(const Event& event, ChatDelta& delta)
{
    if (finished_ || integer_at(event, "index") != block_.index) return;
    const auto block = std::exchange(block_, {});
    if (block.kind == Kind::tool_use && !block.has_input)
        add_arguments(block.call, block.input, delta);
    if (block.kind == Kind::thinking)
        thoughts_.add(object{
            {"type", "thinking"}, {"thinking", block.thinking}, {"signature", block.signature}
        });
}

void MessageStreamDecoder::message_delta(const Event& event, ChatDelta& delta)
{
    const auto finish = finish_of(string_at(object_at(event, "delta"), "stop_reason"));
    if (!finished_ && finish != FinishReason::none) {
        choice_of(delta).finish = finish;
        finished_ = true;
    }
    if (!tree::has(event, "usage")) return;
    counts_.add(object_at(event, "usage"));
    delta.usage = counts_.usage();
}

void MessageStreamDecoder::end(const Event&, ChatDelta&)
{
    complete_ = true;
}

void MessageStreamDecoder::add_call(const object& block, ChatDelta& delta)
{
    block_.kind = Kind::tool_use;
    block_.call = calls_++;
    block_.input = json::serialize(object_at(block, "input"));
    choice_of(delta).tool_calls.push_back({
        .index = block_.call,
        .id = std::string(string_at(block, "id")),
        .name = std::string(string_at(block, "name")),
        .arguments = {},
        .replay = thoughts_.take(),
    });
}

void MessageStreamDecoder::add_thought(std::string_view text, ChatDelta& delta)
{
    if (text.empty()) return;
    append_kept(block_.thinking, text);
    const bool paragraph = std::exchange(paragraph_pending_, false);
    choice_of(delta).reasoning = concat(paragraph ? "\n\n" : "", text);
    thought_ = true;
}

void MessageStreamDecoder::add_arguments(int call, std::string_view text, ChatDelta& delta)
{
    choice_of(delta).tool_calls.push_back(
        {.index = call, .id = {}, .name = {}, .arguments = std::string(text)}
    );
}

/// The one choice of this event's delta; the first of the stream says who speaks.
ChoiceDelta& MessageStreamDecoder::choice_of(ChatDelta& delta)
{
    if (delta.choices.empty()) {
        auto& choice = delta.choices.emplace_back();
        choice.role = !std::exchange(opened_, true);
    }
    return delta.choices.back();
}

}  // namespace sluice::anthropic
