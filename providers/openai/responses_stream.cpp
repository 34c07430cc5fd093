#include "providers/openai/responses_stream.hpp"

#include "core/json.hpp"
#include "providers/openai/responses.hpp"
#include "providers/openai/responses_answer.hpp"
#include "providers/tree.hpp"

#include <algorithm>

namespace sluice::openai {

using boost::json::object;
using tree::integer_at;
using tree::object_at;
using tree::string_at;

namespace {

// What one stream may make us remember.
constexpr std::size_t most_parts = 1024;
constexpr std::size_t most_calls = 1024;

/// What an error event says: in an object of its own, beside the type, or with no type at all.
Error reported_failure(std::string_view data)
{
    auto facts = openai_dialect::find_error(data);
    if (!facts) facts = openai_dialect::find_error(concat("{\"error\":", data, "}"));
    return classify_failure(std::move(facts).value_or(openai_dialect::ErrorFacts{}));
}

}  // namespace

struct ResponsesStreamDecoder::Row {
    std::string_view type;
    void (ResponsesStreamDecoder::*take)(const Event&, ChatDelta&);
};

/// Every event that means something to a chat answer; all others are passed over.
const ResponsesStreamDecoder::Row ResponsesStreamDecoder::rows[]{
    {"response.created", &ResponsesStreamDecoder::begin},
    {"response.queued", &ResponsesStreamDecoder::begin},
    {"response.in_progress", &ResponsesStreamDecoder::begin},
    {"response.output_text.delta", &ResponsesStreamDecoder::text_delta},
    {"response.refusal.delta", &ResponsesStreamDecoder::refusal_delta},
    {"response.reasoning_summary_part.added", &ResponsesStreamDecoder::reasoning_part},
    {"response.reasoning_summary_text.delta", &ResponsesStreamDecoder::reasoning_delta},
    {"response.reasoning_text.delta", &ResponsesStreamDecoder::reasoning_delta},
    {"response.output_item.added", &ResponsesStreamDecoder::item_added},
    {"response.output_item.done", &ResponsesStreamDecoder::item_done},
    {"response.function_call_arguments.delta", &ResponsesStreamDecoder::arguments_delta},
    {"response.custom_tool_call_input.delta", &ResponsesStreamDecoder::arguments_delta},
    {"response.completed", &ResponsesStreamDecoder::end},
    {"response.incomplete", &ResponsesStreamDecoder::end},
};

Result<void> ResponsesStreamDecoder::on_event(const SseEvent& event, ChatDelta& delta)
{
    if (complete_ || event.data.empty() || event.data == "[DONE]") return {};
    const auto parsed = json::parse_tree(event.data);
    if (!parsed || !parsed->is_object())
        return fail(ErrorKind::bad_response, "an event of the stream is no JSON object");
    const auto& data = parsed->get_object();
    const auto named = string_at(data, "type");
    const auto type = named.empty() ? event.type : named;

    if (type == "response.failed") return std::unexpected(failure_of(object_at(data, "response")));
    if (type == "error" || tree::has(data, "error"))
        return std::unexpected(reported_failure(event.data));
    if (const auto* row = std::ranges::find(rows, type, &Row::type); row != std::end(rows))
        (this->*row->take)(data, delta);
    if (delta.empty()) return {};
    delta.id = id_;
    delta.model = model_;
    delta.created = created_;
    return {};
}

Result<void> ResponsesStreamDecoder::finish()
{
    if (complete_) return {};
    return fail(ErrorKind::stream_interrupted, "the stream ended before the response did");
}

void ResponsesStreamDecoder::remember(const object& response)
{
    if (!id_.empty()) return;
    id_ = string_at(response, "id");
    model_ = string_at(response, "model");
    created_ = integer_at(response, "created_at");
}

void ResponsesStreamDecoder::begin(const Event& event, ChatDelta& delta)
{
    remember(object_at(event, "response"));
    if (!opened_) choice_of(delta);
}

void ResponsesStreamDecoder::end(const Event& event, ChatDelta& delta)
{
    const auto& response = object_at(event, "response");
    remember(response);
    choice_of(delta).finish = finish_of(response, !calls_.empty());
    delta.usage = usage_of(response);
    complete_ = true;
}

void ResponsesStreamDecoder::text_delta(const Event& event, ChatDelta& delta)
{
    const auto text = string_at(event, "delta");
    if (text.empty()) return;
    show_once(integer_at(event, "output_index"), integer_at(event, "content_index"));
    auto& choice = choice_of(delta);
    choice.content = text;
    choice.logprobs = chat_logprobs(tree::array_at(event, "logprobs"));
}

void ResponsesStreamDecoder::refusal_delta(const Event& event, ChatDelta& delta)
{
    const auto text = string_at(event, "delta");
    if (text.empty()) return;
    show_once(integer_at(event, "output_index"), integer_at(event, "content_index"));
    choice_of(delta).refusal = text;
}

void ResponsesStreamDecoder::reasoning_part(const Event&, ChatDelta&)
{
    paragraph_pending_ = thought_;
}

void ResponsesStreamDecoder::reasoning_delta(const Event& event, ChatDelta& delta)
{
    const auto text = string_at(event, "delta");
    if (text.empty()) return;
    const bool paragraph = std::exchange(paragraph_pending_, false);
    choice_of(delta).reasoning = concat(paragraph ? "\n\n" : "", text);
    thought_ = true;
}

void ResponsesStreamDecoder::item_added(const Event& event, ChatDelta& delta)
{
    const auto& item = object_at(event, "item");
    const auto type = string_at(item, "type");
    if (type == "function_call" || type == "custom_tool_call")
        add_call(integer_at(event, "output_index"), item, delta);
}

void ResponsesStreamDecoder::item_done(const Event& event, ChatDelta& delta)
{
    const auto output_index = integer_at(event, "output_index");
    const auto& item = object_at(event, "item");
    const auto type = string_at(item, "type");
    if (type == "message") {
        std::int64_t content_index = 0;
        for (const auto& element : tree::array_at(item, "content")) {
            const auto& part = tree::object_in(element);
            const auto text = string_at(part, "text");
            const auto refusal = string_at(part, "refusal");
            const bool news = show_once(output_index, content_index++);
            if (!news || (text.empty() && refusal.empty())) continue;
            choice_of(delta).content += text;
            choice_of(delta).refusal += refusal;
        }
    } else if (type == "function_call" || type == "custom_tool_call") {
        const auto call = find_call(output_index);
        const auto text = string_at(item, type == "function_call" ? "arguments" : "input");
        if (call == calls_.size())
            add_call(output_index, item, delta);
        else if (!calls_[call].has_arguments)
            add_arguments(call, text, delta);
    }
}

void ResponsesStreamDecoder::arguments_delta(const Event& event, ChatDelta& delta)
{
    // Without its beginning the call has no id or name: its "done" event brings it whole.
    const auto call = find_call(integer_at(event, "output_index"));
    if (call < calls_.size()) add_arguments(call, string_at(event, "delta"), delta);
}

/// The delta's one choice; the first of a stream opens the answer.
ChoiceDelta& ResponsesStreamDecoder::choice_of(ChatDelta& delta)
{
    if (delta.choices.empty()) {
        delta.choices.emplace_back();
        delta.choices.front().role = !std::exchange(opened_, true);
    }
    return delta.choices.front();
}

/// True the first time a part is named.
bool ResponsesStreamDecoder::show_once(std::int64_t output_index, std::int64_t content_index)
{
    const Place place(output_index, content_index);
    if (shown_.size() == most_parts || std::ranges::find(shown_, place) != shown_.end())
        return false;
    shown_.push_back(place);
    return true;
}

void ResponsesStreamDecoder::add_call(
    std::int64_t output_index, const object& item, ChatDelta& delta
)
{
    if (calls_.size() == most_calls) return;
    const bool custom = string_at(item, "type") == "custom_tool_call";
    const auto arguments = string_at(item, custom ? "input" : "arguments");
    choice_of(delta).tool_calls.push_back({
        .index = static_cast<int>(calls_.size()),
        .id = std::string(string_at(item, "call_id")),
        .name = std::string(string_at(item, "name")),
        .arguments = std::string(arguments),
        .custom = custom,
    });
    calls_.push_back({.output_index = output_index, .has_arguments = !arguments.empty()});
}

void ResponsesStreamDecoder::add_arguments(
    std::size_t call, std::string_view text, ChatDelta& delta
)
{
    if (text.empty()) return;
    calls_[call].has_arguments = true;
    choice_of(delta).tool_calls.push_back(
        {.index = static_cast<int>(call), .id = {}, .name = {}, .arguments = std::string(text)}
    );
}

std::size_t ResponsesStreamDecoder::find_call(std::int64_t output_index) const
{
    const auto found = std::ranges::find(calls_, output_index, &Call::output_index);
    return static_cast<std::size_t>(found - calls_.begin());
}

namespace {

class ResponsesReader final : public AnswerReader {
public:
    Result<ChatResponse> decode(std::string_view body) const override
    {
        return decode_responses(body);
    }
    std::unique_ptr<StreamDecoder> stream_decoder() const override
    {
        return std::make_unique<ResponsesStreamDecoder>();
    }
};

}  // namespace

const AnswerReader& responses_reader()
{
    static const ResponsesReader reader;
    return reader;
}

}  // namespace sluice::openai
