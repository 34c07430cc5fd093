#include "core/json.hpp"
#include "providers/gemini/answer.hpp"

#include <algorithm>
#include <utility>

namespace sluice::gemini {
namespace {

// What one stream may make us remember; what goes beyond is left out.
constexpr int most_calls = 1024;

}  // namespace

Result<void> ChatStreamDecoder::on_event(const SseEvent& event, ChatDelta& delta)
{
    if (complete_ || event.data.empty()) return {};
    auto piece = read_piece(event.data);
    if (piece) {
        add(*std::move(piece), delta);
        return {};
    }
    failed_ |= piece.error().kind != ErrorKind::bad_response;
    return std::unexpected(std::move(piece).error());
}

Result<void> ChatStreamDecoder::finish()
{
    if (failed_) return fail(ErrorKind::stream_interrupted, "the stream ended with an error");
    if (candidates_.empty())
        return fail(ErrorKind::stream_interrupted, "the stream ended without an answer");
    if (finished() < std::ssize(candidates_))
        return fail(ErrorKind::stream_interrupted, "the stream ended without a finish reason");
    return {};
}

/// Usage comes with each event and counts up. Before a word of the answer is counted it says less
/// than an estimate would, should the stream be cut off.
void ChatStreamDecoder::add(Piece piece, ChatDelta& delta)
{
    delta.id = std::move(piece.id);
    delta.model = std::move(piece.model);
    for (auto& candidate : piece.candidates) add_candidate(candidate, delta);
    const auto done = finished();
    if (piece.usage && (done > 0 || piece.usage->completion > 0)) delta.usage = piece.usage;
    complete_ = piece.blocked || (done >= expected_ && delta.usage);
}

void ChatStreamDecoder::add_candidate(CandidatePiece& piece, ChatDelta& delta)
{
    auto progress = std::ranges::find(candidates_, piece.index, &Progress::index);
    const bool opening = progress == candidates_.end();
    if (opening)
        progress = candidates_.insert(
            candidates_.end(), {.index = piece.index, .finished = false, .calls = 0}
        );
    if (progress->finished) return;

    ChoiceDelta choice;
    choice.index = piece.index;
    choice.role = opening;
    choice.content = std::move(piece.content).value_or("");
    choice.reasoning = std::move(piece.reasoning);
    choice.logprobs = std::move(piece.logprobs);
    for (auto& call : piece.calls) {
        if (progress->calls == most_calls) break;
        const auto position = static_cast<std::size_t>(progress->calls);
        choice.tool_calls.push_back({
            .index = progress->calls++,
            .id = call_id(call, delta.id, piece.index, position),
            .name = std::move(call.name),
            .arguments = std::move(call.arguments),
            .replay = std::move(call.replay),
        });
    }
    if (piece.finish != FinishReason::none) {
        const bool called = piece.finish == FinishReason::stop && progress->calls > 0;
        choice.finish = called ? FinishReason::tool_calls : piece.finish;
        progress->finished = true;
    }
    if (choice.role || choice.has_output() || !choice.logprobs.empty() || progress->finished)
        delta.choices.push_back(std::move(choice));
}

std::int64_t ChatStreamDecoder::finished() const
{
    return std::ranges::count_if(candidates_, &Progress::finished);
}

}  // namespace sluice::gemini
