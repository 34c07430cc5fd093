#pragma once

#include "core/chat.hpp"
#include "core/error.hpp"
#include "providers/translator.hpp"

#include <concepts>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// The canonical forms as JSON text for expected.json and expected.sse: what is empty is left out.
namespace sluice::test {

/// What a decoder makes of one event.
inline Result<ChatDelta> read_event(StreamDecoder& decoder, const SseEvent& event)
{
    Result<ChatDelta> delta;
    if (auto read = decoder.on_event(event, *delta); !read)
        delta = std::unexpected(std::move(read).error());
    return delta;
}

inline void add_text(json::ObjectWriter& out, std::string_view key, std::string_view text)
{
    if (!text.empty()) out.field(key, text);
}

inline void add_raw(json::ObjectWriter& out, std::string_view key, std::string_view json_text)
{
    if (!json_text.empty()) out.raw(key, json_text);
}

inline void add_number(json::ObjectWriter& out, std::string_view key, std::int64_t number)
{
    if (number != 0) out.field(key, number);
}

inline std::string to_json(const Usage& usage)
{
    std::string text;
    json::ObjectWriter out(text);
    add_number(out, "prompt", usage.prompt);
    add_number(out, "completion", usage.completion);
    add_number(out, "total", usage.total);
    add_number(out, "cached", usage.cached);
    add_number(out, "cache_write", usage.cache_write);
    add_number(out, "reasoning", usage.reasoning);
    add_number(out, "audio_in", usage.audio_in);
    add_number(out, "audio_out", usage.audio_out);
    if (usage.estimated) out.field("estimated", true);
    out.close();
    return text;
}

template <class Items, class Write>
std::string array_of(const Items& items, Write write)
{
    std::string text = "[";
    for (const auto& item : items) {
        if (text.size() > 1) text += ',';
        text += write(item);
    }
    return text += ']';
}

inline std::string to_json(const ToolCall& call)
{
    std::string text;
    json::ObjectWriter out(text);
    out.field("id", call.id).field("name", call.name).field("arguments", call.arguments);
    if (call.custom) out.field("custom", true);
    add_text(out, "replay", call.replay);
    out.close();
    return text;
}

inline std::string to_json(const ToolCallDelta& call)
{
    std::string text;
    json::ObjectWriter out(text);
    out.field("index", call.index);
    add_text(out, "id", call.id);
    add_text(out, "name", call.name);
    add_text(out, "arguments", call.arguments);
    if (call.custom) out.field("custom", true);
    add_text(out, "replay", call.replay);
    out.close();
    return text;
}

inline std::string to_json(const Choice& choice)
{
    std::string text;
    json::ObjectWriter out(text);
    out.field("index", choice.index);
    if (choice.content) out.field("content", *choice.content);
    if (choice.refusal) out.field("refusal", *choice.refusal);
    add_text(out, "reasoning", choice.reasoning);
    if (!choice.tool_calls.empty())
        out.raw("tool_calls", array_of(choice.tool_calls, [](auto& call) {
                    return to_json(call);
                }));
    add_text(out, "finish", to_string(choice.finish));
    add_raw(out, "logprobs", choice.logprobs);
    add_raw(out, "annotations", choice.annotations);
    add_raw(out, "audio", choice.audio);
    out.close();
    return text;
}

inline std::string to_json(const ChoiceDelta& choice)
{
    std::string text;
    json::ObjectWriter out(text);
    out.field("index", choice.index);
    if (choice.role) out.field("role", true);
    add_text(out, "content", choice.content);
    add_text(out, "refusal", choice.refusal);
    add_text(out, "reasoning", choice.reasoning);
    if (!choice.tool_calls.empty())
        out.raw("tool_calls", array_of(choice.tool_calls, [](auto& call) {
                    return to_json(call);
                }));
    add_text(out, "finish", to_string(choice.finish));
    add_raw(out, "logprobs", choice.logprobs);
    out.close();
    return text;
}

/// A whole answer, or one event of a stream.
template <class Answer>
    requires std::same_as<Answer, ChatResponse> || std::same_as<Answer, ChatDelta>
std::string to_json(const Answer& answer)
{
    std::string text;
    json::ObjectWriter out(text);
    add_text(out, "id", answer.id);
    add_text(out, "model", answer.model);
    add_number(out, "created", answer.created);
    if (!answer.choices.empty())
        out.raw("choices", array_of(answer.choices, [](auto& choice) { return to_json(choice); }));
    if (answer.usage) out.raw("usage", to_json(*answer.usage));
    if constexpr (requires { answer.service_tier; }) {
        add_text(out, "service_tier", answer.service_tier);
        add_text(out, "system_fingerprint", answer.system_fingerprint);
    }
    out.close();
    return text;
}

inline std::string to_json(const EmbeddingsResponse& answer)
{
    std::string text;
    json::ObjectWriter out(text);
    add_text(out, "id", answer.id);
    add_text(out, "model", answer.model);
    out.raw("embeddings", array_of(answer.embeddings, [](auto& numbers) { return numbers; }));
    if (answer.usage) out.raw("usage", to_json(*answer.usage));
    out.close();
    return text;
}

inline std::string to_json(const std::vector<ListedModel>& models)
{
    std::string text;
    json::ObjectWriter out(text);
    out.raw("models", array_of(models, [](const ListedModel& model) {
                std::string entry;
                json::ObjectWriter fields(entry);
                fields.field("id", model.id);
                add_text(fields, "description", model.description);
                add_number(fields, "context_window", model.context_window);
                add_number(fields, "created", model.created);
                add_text(fields, "owned_by", model.owned_by);
                fields.close();
                return entry;
            }));
    out.close();
    return text;
}

inline std::string to_json(const Call& call)
{
    std::string text;
    json::ObjectWriter out(text);
    out.field("target", call.request.target);
    out.raw("warnings", array_of(call.warnings, [](auto& line) { return json::quoted(line); }));
    out.raw("body", call.request.body);
    out.close();
    return text;
}

inline std::string to_json(const Error& error)
{
    std::string text;
    json::ObjectWriter out(text);
    out.field("error", code_of(error.kind)).field("message", error.message);
    add_text(out, "param", error.param);
    add_text(out, "repair", error.repair);
    if (error.retry_after) out.field("retry_after", error.retry_after->count());
    out.close();
    return text;
}

template <class T>
std::string to_json(const Result<T>& result)
{
    return result ? to_json(*result) : to_json(result.error());
}

}  // namespace sluice::test
