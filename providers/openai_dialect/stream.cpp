#include "providers/openai_dialect/answer.hpp"
#include "providers/openai_dialect/errors.hpp"

#include <algorithm>
#include <utility>

namespace sluice::openai_dialect {
namespace {

// What one stream may make us remember; what goes beyond is left out.
constexpr std::size_t most_choices = 128;
constexpr std::size_t most_calls = 1024;

std::string_view trim(std::string_view text)
{
    const auto is_space = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
    while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
    return text;
}

/// The failure that an event named "error" reports, whatever its data looks like.
Error reported_failure(std::string_view data)
{
    auto facts = find_error(data);
    if (!facts) facts = find_error(concat("{\"error\":", data, "}"));
    return classify(
        200,
        std::move(facts).value_or(
            ErrorFacts{.message = std::string(data), .type = {}, .code = {}, .param = {}}
        ),
        {}
    );
}

}  // namespace

Result<void> ChatStreamDecoder::on_event(const SseEvent& event, ChatDelta& delta)
{
    const auto data = trim(event.data);
    if (complete_ || data.empty()) return {};
    if (data == "[DONE]") {
        complete_ = true;
        return {};
    }
    auto read = event.type == "error" ? std::unexpected(reported_failure(data))
                                      : read_chunk(event.data, delta);
    failed_ |= !read && read.error().kind != ErrorKind::bad_response;
    return read;
}

Result<void> ChatStreamDecoder::finish()
{
    if (failed_) return fail(ErrorKind::stream_interrupted, "the stream ended with an error");
    if (choices_.empty())
        return fail(ErrorKind::stream_interrupted, "the stream ended without an answer");
    for (const auto& choice : choices_)
        if (!choice.finished)
            return fail(ErrorKind::stream_interrupted, "the stream ended without a finish reason");
    return {};
}

Result<void> ChatStreamDecoder::read_chunk(std::string_view data, ChatDelta& delta)
{
    Piece piece;
    auto read = read_piece(data, Layout::chunk, piece);
    if (!read) return read;
    if (std::ranges::any_of(piece.choices, &ChoicePiece::failed))
        return std::unexpected(failed_finish());
    delta.id = piece.id.str();
    delta.model = piece.model.str();
    delta.created = piece.created;
    delta.usage = piece.usage;
    delta.form = piece.form;
    delta.unwanted = std::move(piece.unwanted);
    for (std::size_t i = 0; i < piece.choices.size(); ++i) add_choice(piece.choices[i], i, delta);
    return {};
}

void ChatStreamDecoder::add_choice(const ChoicePiece& piece, std::size_t position, ChatDelta& delta)
{
    const auto index = choice_index(piece, position);
    auto progress = std::ranges::find(choices_, index, &Progress::index);
    const bool opening = progress == choices_.end();
    if (opening) {
        if (choices_.size() == most_choices) return;
        progress =
            choices_.insert(choices_.end(), {.index = index, .finished = false, .calls = {}});
    }
    if (progress->finished) return;

    auto& choice = delta.choices.emplace_back();
    choice.index = index;
    choice.role = opening;
    append_joined(choice.content, piece.content);
    if (piece.refusal) piece.refusal->append_to(choice.refusal);
    append_joined(choice.reasoning, piece.reasoning);
    choice.logprobs = piece.logprobs;
    add_tool_calls(*progress, piece, delta, choice);
    if (piece.finish != FinishReason::none) {
        const bool called = piece.finish == FinishReason::stop && !progress->calls.empty();
        choice.finish = called ? FinishReason::tool_calls : piece.finish;
        progress->finished = true;
    }
    if (!choice.role && !choice.has_output() && choice.logprobs.empty() && !progress->finished)
        delta.choices.pop_back();
}

/// Which call of the choice a fragment belongs to; calls.size() where it begins a new one. Servers
/// number them, or repeat the id, or do neither; some give every whole call the index 0.
std::size_t ChatStreamDecoder::find_call(
    const Progress& progress,
    const ToolCallPiece& piece,
    std::string_view id,
    std::size_t position,
    std::size_t count
)
{
    const auto& calls = progress.calls;
    if (piece.index) {
        for (std::size_t i = calls.size(); i-- > 0;) {
            if (calls[i].upstream_index != *piece.index) continue;
            const bool another =
                calls[i].named && !piece.name.empty() && !id.empty() && calls[i].upstream_id != id;
            return another ? calls.size() : i;
        }
        return calls.size();
    }
    if (!id.empty()) {
        const auto same = std::ranges::find(calls, id, &Call::upstream_id);
        return static_cast<std::size_t>(same - calls.begin());
    }
    if (!piece.name.empty() || calls.empty()) return calls.size();
    return count > 1 ? std::min(position, calls.size() - 1) : calls.size() - 1;
}

void ChatStreamDecoder::add_tool_calls(
    Progress& progress, const ChoicePiece& piece, const ChatDelta& delta, ChoiceDelta& choice
)
{
    for (std::size_t i = 0; i < piece.tool_calls.size(); ++i) {
        const auto& fragment = piece.tool_calls[i];
        auto id = fragment.id.str();
        const auto at = find_call(progress, fragment, id, i, piece.tool_calls.size());
        ToolCallDelta call;
        call.index = static_cast<int>(at);
        call.arguments = fragment.arguments.str();
        call.custom = fragment.custom;
        if (at == progress.calls.size()) {
            if (at == most_calls) return;
            call.id = id.empty() ? make_call_id(delta.id, delta.created, choice.index, at) : id;
            progress.calls.push_back(
                {.upstream_index = fragment.index.value_or(-1),
                 .upstream_id = std::move(id),
                 .named = false}
            );
        }
        auto& known = progress.calls[at];
        if (!known.named && !fragment.name.empty()) {
            call.name = fragment.name.str();
            known.named = true;
        }
        if (!call.id.empty() || !call.name.empty() || !call.arguments.empty())
            choice.tool_calls.push_back(std::move(call));
    }
}

}  // namespace sluice::openai_dialect
