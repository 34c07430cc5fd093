#include "providers/gemini/answer.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

namespace sluice::gemini {
namespace {

Choice whole_choice(CandidatePiece& piece, std::string_view answer_id)
{
    Choice choice;
    choice.index = piece.index;
    choice.content = std::move(piece.content);
    choice.reasoning = std::move(piece.reasoning);
    choice.logprobs = std::move(piece.logprobs);
    for (auto& call : piece.calls)
        choice.tool_calls.push_back({
            .id = call_id(call, answer_id, piece.index, choice.tool_calls.size()),
            .name = std::move(call.name),
            .arguments = std::move(call.arguments),
            .replay = std::move(call.replay),
        });
    const bool unsaid = piece.finish == FinishReason::none || piece.finish == FinishReason::stop;
    const bool called = !choice.tool_calls.empty();
    choice.finish = !unsaid ? piece.finish : called ? FinishReason::tool_calls : FinishReason::stop;
    if (!choice.content && !called) choice.content.emplace();
    return choice;
}

class ChatReader final : public AnswerReader {
public:
    explicit ChatReader(std::int64_t candidates) : candidates_(candidates) {}

    Result<ChatResponse> decode(std::string_view body) const override { return decode_chat(body); }
    std::unique_ptr<StreamDecoder> stream_decoder() const override
    {
        return std::make_unique<ChatStreamDecoder>(candidates_);
    }

private:
    std::int64_t candidates_;
};

}  // namespace

Result<ChatResponse> decode_chat(std::string_view body)
{
    auto piece = read_piece(body);
    if (!piece) return std::unexpected(std::move(piece).error());
    if (piece->candidates.empty())
        return fail(ErrorKind::bad_response, "the answer has no candidates");
    ChatResponse answer;
    for (auto& candidate : piece->candidates)
        answer.choices.push_back(whole_choice(candidate, piece->id));
    answer.id = std::move(piece->id);
    answer.model = std::move(piece->model);
    answer.usage = piece->usage;
    return answer;
}

const AnswerReader& reader_for(std::int64_t candidates)
{
    static const std::array<ChatReader, 8> readers{
        ChatReader(1),
        ChatReader(2),
        ChatReader(3),
        ChatReader(4),
        ChatReader(5),
        ChatReader(6),
        ChatReader(7),
        ChatReader(8)
    };
    const auto last = std::ssize(readers);
    return readers[static_cast<std::size_t>(std::clamp<std::int64_t>(candidates, 1, last) - 1)];
}

}  // namespace sluice::gemini
