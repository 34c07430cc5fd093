#include "providers/openai_dialect/answer.hpp"

#include <memory>
#include <utility>

namespace sluice::openai_dialect {
namespace {

bool says_nothing(const ChoicePiece& piece)
{
    return !piece.content && !piece.refusal && piece.reasoning.empty() &&
           piece.tool_calls.empty() && piece.audio.empty() && piece.finish == FinishReason::none;
}

/// A forced call of a named function finishes with "stop": the calls decide, not the word.
FinishReason finish_of(const ChoicePiece& piece)
{
    const bool unsaid = piece.finish == FinishReason::none || piece.finish == FinishReason::stop;
    if (!piece.tool_calls.empty() && unsaid) return FinishReason::tool_calls;
    return unsaid ? FinishReason::stop : piece.finish;
}

Choice whole_choice(ChoicePiece& piece, int index, const Piece& answer)
{
    Choice choice{
        .index = index,
        .content = std::move(piece.content),
        .refusal = std::move(piece.refusal),
        .reasoning = std::move(piece.reasoning),
        .tool_calls = {},
        .finish = finish_of(piece),
        .logprobs = std::move(piece.logprobs),
        .annotations = std::move(piece.annotations),
        .audio = std::move(piece.audio)
    };
    for (auto& call : piece.tool_calls) {
        if (call.id.empty())
            call.id = make_call_id(answer.id, answer.created, index, choice.tool_calls.size());
        choice.tool_calls.push_back(
            {.id = std::move(call.id),
             .name = std::move(call.name),
             .arguments = std::move(call.arguments),
             .custom = call.custom}
        );
    }
    return choice;
}

void take_answer(Piece& piece, ChatResponse& answer)
{
    answer.choices.reserve(piece.choices.size());
    for (auto& choice : piece.choices) {
        const auto index = choice_index(choice, answer.choices.size());
        answer.choices.push_back(whole_choice(choice, index, piece));
    }
    answer.id = std::move(piece.id);
    answer.model = std::move(piece.model);
    answer.created = piece.created;
    answer.usage = piece.usage;
    answer.service_tier = std::move(piece.service_tier);
    answer.system_fingerprint = std::move(piece.system_fingerprint);
    answer.form = piece.form;
}

class ChatReader final : public AnswerReader {
public:
    Result<ChatResponse> decode(std::string_view body) const override { return decode_chat(body); }
    std::unique_ptr<StreamDecoder> stream_decoder() const override
    {
        return std::make_unique<ChatStreamDecoder>();
    }
};

}  // namespace

Result<ChatResponse> decode_chat(std::string_view body)
{
    Piece piece;
    auto read = read_piece(body, Layout::whole, piece);
    if (!read) return std::unexpected(std::move(read).error());
    if (piece.choices.empty()) return fail(ErrorKind::bad_response, "the answer has no choices");
    for (const auto& choice : piece.choices) {
        if (choice.failed) return std::unexpected(failed_finish());
        if (says_nothing(choice))
            return fail(ErrorKind::bad_response, "the answer has a choice without a message");
    }
    Result<ChatResponse> answer(std::in_place);
    take_answer(piece, *answer);
    return answer;
}

const AnswerReader& chat_reader()
{
    static const ChatReader reader;
    return reader;
}

}  // namespace sluice::openai_dialect
