#pragma once

#include "core/json.hpp"

#include <boost/container/small_vector.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sluice {

/// What a request means and a target may be unable to express (CONTRACT.md section 1, "meaning").
struct Needs {
    bool tools = false;
    bool json_schema = false;  ///< response_format of type json_schema
    bool json_mode = false;    ///< response_format of type json_object
    bool images = false;
    bool audio = false;
    bool files = false;
    bool logprobs = false;
    bool custom_tools = false;  ///< tools of type "custom"
    bool tool_calls = false;    ///< messages hold calls that a model made
    std::int64_t n = 1;
};

/// The wire format of a provider's chat API.
enum class Dialect {
    chat_completions,  ///< OpenAI's /chat/completions, and everything compatible with it
    responses,         ///< OpenAI's /responses
    messages,          ///< Anthropic's /messages
};

/// What a provider wants back with a tool call that it made, byte for byte: signatures of thoughts,
/// encrypted reasoning. Clients of chat completions have no field for it, so it is kept for them.
struct Replay {
    std::string call_id;
    std::string provider_type;  ///< "anthropic": nobody else can read it
    std::string json_text;      ///< what it is, only its translator knows
};

/// The canonical request: the object of OpenAI's chat completions, kept as the text it came in
/// (checked: JSON, UTF-8, every rule of CONTRACT.md section 1) with an index of its top-level
/// members, and what routing reads of it. A provider of the same dialect gets its bytes with a few
/// spans rewritten; another gets what its translator makes of them.
struct ChatRequest {
    json::Document document;
    /// What the caller writes and reads, where it is a provider's own format: a target of the same
    /// gets the caller's bytes, and its answer is passed on as it came.
    std::optional<Dialect> dialect;
    /// The caller's own object where its dialect is not chat completions; document is then its
    /// translation.
    json::Document native;
    /// JSON path of something in native that document cannot express, so that targets of other
    /// dialects are unfit; empty: nothing.
    std::string native_only;
    std::vector<Replay> replays;  ///< of the tool calls in document, as far as they are known
    std::string model;            ///< empty: the target's default
    bool stream = false;
    bool include_usage = false;              ///< stream_options.include_usage
    std::optional<std::int64_t> max_tokens;  ///< max_completion_tokens, else max_tokens
    Needs needs;
};

struct Usage {
    std::int64_t prompt = 0;      ///< includes cached and cache_write
    std::int64_t completion = 0;  ///< includes reasoning
    std::int64_t total = 0;
    std::int64_t cached = 0;
    std::int64_t cache_write = 0;
    std::int64_t reasoning = 0;
    std::int64_t audio_in = 0;
    std::int64_t audio_out = 0;
    bool estimated = false;  ///< the provider sent none
    double seconds = 0;      ///< of audio, where the provider counts them
};

enum class FinishReason { none, stop, length, tool_calls, content_filter };
/// "stop", "length", "tool_calls", "content_filter"; "" for none.
std::string_view to_string(FinishReason reason);

struct ToolCall {
    std::string id;
    std::string name;
    std::string arguments;  ///< JSON text as the model wrote it, valid or not
    bool custom = false;    ///< a custom tool: arguments is its free-form input
    std::string replay{};   ///< see Replay::json_text; empty: none
};

struct Choice {
    int index = 0;
    std::optional<std::string> content;
    std::optional<std::string> refusal;
    std::string reasoning;  ///< empty: none shown
    std::vector<ToolCall> tool_calls;
    FinishReason finish = FinishReason::none;
    std::string logprobs;     ///< JSON text; empty: none
    std::string annotations;  ///< JSON text of the array; empty: none
    std::string audio;        ///< JSON text of the object; empty: none
};

/// What of a chat.completion or a chat.completion.chunk is of the form that every client accepts
/// (provider-apis.md section 7.2), so that who reads that dialect may get it as it came.
struct NativeForm {
    bool id = false;
    bool object = false;
    bool created = false;
    bool model = false;
    bool choices = false;
    bool usage = false;  ///< of a whole answer
    bool role = false;   ///< of a chunk: its choice says the role

    /// Of a whole answer: nothing has to be put in or replaced.
    bool serves() const { return id && object && created && model && choices && usage; }
};

/// A whole answer. A decoder guarantees at least one choice, each with a finish reason.
struct ChatResponse {
    std::string id;
    std::string model;         ///< as the provider names it
    std::int64_t created = 0;  ///< seconds since 1970; 0: not said
    std::vector<Choice> choices;
    std::optional<Usage> usage;
    std::string service_tier;
    std::string system_fingerprint;
    std::string native;  ///< the body as it came, where the caller reads that dialect; else empty
    NativeForm form;     ///< of that body, where it is a chat.completion
};

struct ToolCallDelta {
    int index = 0;          ///< order among the calls of this choice
    std::string id;         ///< on the first fragment only
    std::string name;       ///< on the first fragment only
    std::string arguments;  ///< to be appended
    bool custom = false;
    std::string replay{};  ///< see Replay::json_text; whole, on any one fragment; empty: none
};

struct ChoiceDelta {
    int index = 0;
    bool role = false;  ///< the opening chunk, which says role assistant
    std::string content;
    std::string refusal;
    std::string reasoning;
    std::vector<ToolCallDelta> tool_calls;
    FinishReason finish = FinishReason::none;
    std::string logprobs;  ///< JSON text; empty: none

    bool has_output() const
    {
        return !content.empty() || !refusal.empty() || !reasoning.empty() || !tool_calls.empty();
    }
};

/// A part of a text: from begin up to end.
struct Span {
    std::size_t begin = 0;
    std::size_t end = 0;
};

/// A provider's event as it came.
struct NativeEvent {
    std::string type;  ///< "message" where the stream named none
    std::string data;
};

/// One event of a stream, canonical. Empty: nothing to pass on.
struct ChatDelta {
    std::string id;
    std::string model;
    std::int64_t created = 0;
    boost::container::small_vector<ChoiceDelta, 1> choices;
    std::optional<Usage> usage;
    std::optional<NativeEvent> native;  ///< where the caller reads the provider's dialect
    NativeForm form;                    ///< of the event, where it is a chat.completion.chunk
    /// The parts of such an event's data that no client should get, commas included, in order.
    boost::container::small_vector<Span, 1> unwanted;

    bool empty() const { return choices.empty() && !usage && !native; }
    /// True where it carries something of the answer: the first such is the "first token".
    bool has_output() const
    {
        for (const auto& choice : choices)
            if (choice.has_output()) return true;
        return false;
    }
};

struct EmbeddingsRequest {
    json::Document document;  ///< input, model, dimensions, encoding_format, user, ...
    std::string model;        ///< empty: the target's default
    std::optional<std::int64_t> dimensions;
    bool token_input = false;  ///< input is token ids, not text
};

struct EmbeddingsResponse {
    std::string id;
    std::string model;
    std::vector<std::string>
        embeddings;  ///< in input order; each the JSON text of an array of numbers
    std::optional<Usage> usage;
};

/// One entry of a provider's live list.
struct ListedModel {
    std::string id;
    std::string description;
    std::int64_t context_window = 0;  ///< 0: not said
    std::int64_t created = 0;
    std::string owned_by;
};

}  // namespace sluice
