#include "api/chat_chunks.hpp"

#include "api/error_body.hpp"
#include "api/native_completion.hpp"
#include "api/usage_json.hpp"
#include "core/json.hpp"
#include "core/sse.hpp"

#include <algorithm>
#include <span>
#include <utility>

namespace sluice {
namespace {

constexpr std::string_view role_delta = R"({"role":"assistant","content":""})";
// Some clients read delta.content without asking whether it is there.
constexpr std::string_view empty_delta = R"({"content":""})";

/// A custom tool differs in two words.
struct ToolWords {
    std::string_view type;
    std::string_view arguments;
};
constexpr ToolWords function_words{"function", "arguments"};
constexpr ToolWords custom_words{"custom", "input"};

void append_tool_call(std::string& out, const ToolCallDelta& call)
{
    const auto& words = call.custom ? custom_words : function_words;
    const bool first = !call.id.empty() || !call.name.empty();
    json::ObjectWriter fragment(out);
    fragment.field("index", call.index);
    if (first) fragment.field("id", call.id).field("type", words.type);
    json::ObjectWriter inner(fragment.key(words.type));
    if (first) inner.field("name", call.name);
    inner.field(words.arguments, call.arguments);
    inner.close();
    fragment.close();
}

void append_delta(std::string& out, const ChoiceDelta& choice)
{
    if (!choice.has_output()) {
        out += empty_delta;
        return;
    }
    json::ObjectWriter delta(out);
    if (!choice.content.empty()) delta.field("content", choice.content);
    if (!choice.refusal.empty()) delta.field("refusal", choice.refusal);
    if (!choice.reasoning.empty()) delta.field("reasoning_content", choice.reasoning);
    if (!choice.tool_calls.empty()) {
        delta.key("tool_calls") += '[';
        const char* comma = "";
        for (const auto& call : choice.tool_calls) {
            out += std::exchange(comma, ",");
            append_tool_call(out, call);
        }
        out += ']';
    }
    delta.close();
}

/// Adds the fragments to the calls that they belong to.
void gather(std::span<const ToolCallDelta> fragments, std::vector<ToolCallDelta>& calls)
{
    for (const auto& fragment : fragments) {
        const auto call = std::ranges::find(calls, fragment.index, &ToolCallDelta::index);
        if (call == calls.end())
            calls.push_back(fragment);
        else
            call->arguments += fragment.arguments;
    }
}

constexpr std::string_view end_of_open_chunk = ",\"finish_reason\":null}]}\n\n";

}  // namespace

ChunkWriter::ChunkWriter(
    std::string id, std::string_view model, std::int64_t created, ChunkOptions options
)
    : fallback_{std::move(id), std::string(model), created}, options_(options)
{
}

void ChunkWriter::append(std::string& out, const ChatDelta& delta)
{
    take_names(delta);
    if (append_native(out, delta)) return;
    for (const auto& choice : delta.choices) append_choice(out, choice);
}

/// True where the provider's own chunk serves as it is.
bool ChunkWriter::append_native(std::string& out, const ChatDelta& delta)
{
    if (delta.choices.size() != 1) return false;
    const auto& choice = delta.choices.front();
    const bool finishes = choice.finish != FinishReason::none;
    if (finishes && (choice.has_output() || !choice.logprobs.empty())) return false;
    auto* state = known(choice.index);
    if (!serves_as_it_came(delta, !state)) return false;
    if (!state) state = &choices_.emplace_back(choice.index);
    if (finishes) {
        state->finish = choice.finish;
        append_native_chunk(state->held, delta);
        return true;
    }
    out += "data: ";
    append_native_chunk(out, delta);
    out += "\n\n";
    return true;
}

void ChunkWriter::append_choice(std::string& out, const ChoiceDelta& choice)
{
    const bool shows = choice.has_output() || !choice.logprobs.empty();
    if (!shows && !choice.role && choice.finish == FinishReason::none) return;
    auto& state = opened(out, choice.index);
    if (options_.whole_tool_calls && !choice.tool_calls.empty()) {
        gather(choice.tool_calls, state.calls);
        auto rest = choice;
        rest.tool_calls.clear();
        return append_choice(out, rest);
    }
    if (choice.finish != FinishReason::none) {
        append_whole_calls(out, state);
        state.finish = choice.finish;
    }
    if (!shows) return;
    begin_chunk(out, choice.index);
    append_delta(out, choice);
    if (!choice.logprobs.empty()) out.append(R"(,"logprobs":)").append(choice.logprobs);
    out += end_of_open_chunk;
}

void ChunkWriter::append_whole_calls(std::string& out, ChoiceState& state)
{
    for (auto& call : state.calls) {
        ChoiceDelta choice;
        choice.tool_calls.push_back(std::move(call));
        begin_chunk(out, state.index);
        append_delta(out, choice);
        out += end_of_open_chunk;
    }
    state.calls.clear();
}

void ChunkWriter::finish(std::string& out, const Usage& usage)
{
    for (const auto& choice : choices_) {
        const bool last = &choice == &choices_.back();
        const auto shown = last && !options_.include_usage ? usage_json(usage) : std::string();
        if (!choice.held.empty()) {
            append_event(out, with_usage(choice.held, shown));
            continue;
        }
        begin_chunk(out, choice.index);
        out.append(empty_delta).append(R"(,"finish_reason":)");
        json::append_quoted(out, to_string(choice.finish));
        out += "}]";
        if (!shown.empty()) out.append(R"(,"usage":)").append(shown);
        out += "}\n\n";
    }
    if (options_.include_usage)
        out.append(head()).append(R"(],"usage":)").append(usage_json(usage)).append("}\n\n");
    append_event(out, "[DONE]");
}

void ChunkWriter::take_names(const ChatDelta& delta)
{
    if (upstream_.id.empty()) upstream_.id = delta.id;
    if (upstream_.model.empty()) upstream_.model = delta.model;
    if (upstream_.created == 0) upstream_.created = delta.created;
}

const std::string& ChunkWriter::head()
{
    if (!head_.empty()) return head_;
    head_ = "data: ";
    json::ObjectWriter chunk(head_);
    chunk.field("id", upstream_.id.empty() ? fallback_.id : upstream_.id);
    chunk.field("object", "chat.completion.chunk");
    chunk.field("created", upstream_.created == 0 ? fallback_.created : upstream_.created);
    chunk.field("model", upstream_.model.empty() ? fallback_.model : upstream_.model);
    chunk.key("choices") += '[';
    return head_;
}

ChunkWriter::ChoiceState* ChunkWriter::known(int index)
{
    const auto found = std::ranges::find(choices_, index, &ChoiceState::index);
    return found == choices_.end() ? nullptr : &*found;
}

ChunkWriter::ChoiceState& ChunkWriter::opened(std::string& out, int index)
{
    if (auto* state = known(index)) return *state;
    begin_chunk(out, index);
    out.append(role_delta).append(end_of_open_chunk);
    return choices_.emplace_back(index);
}

void ChunkWriter::begin_chunk(std::string& out, int index)
{
    out.append(head()).append(R"({"index":)");
    json::append_number(out, std::int64_t{index});
    out.append(R"(,"delta":)");
}

void append_stream_error(std::string& out, const Error& error)
{
    append_event(out, concat(R"({"error":)", openai_error_object(error), "}"));
}

void ChunkForm::begin(std::string&, AnswerFacts facts)
{
    writer_.emplace(concat("chatcmpl-", facts.request_id), facts.model, facts.created, options_);
}

}  // namespace sluice
