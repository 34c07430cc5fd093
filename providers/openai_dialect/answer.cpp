#include "providers/openai_dialect/answer.hpp"

#include <memory>
#include <utility>

namespace sluice::openai_dialect {
namespace {

bool says_nothing(const ChoicePiece& piece)
{
    return piece.content.empty() && !piece.refusal && is_empty(piece.reasoning) &&
           piece.tool_calls.empty() && piece.audio.empty() && piece.finish == FinishReason::none;
}

/// A forced call of a named function finishes with "stop": the calls decide, not the word.
FinishReason finish_of(const ChoicePiece& piece)
{
    const bool unsaid = piece.finish == FinishReason::none || piece.finish == FinishReason::stop;
    if (!piece.tool_calls.empty() && unsaid) return FinishReason::tool_calls;
    return unsaid ? FinishReason::stop : piece.finish;
}

void take_choice(const ChoicePiece& piece, const ChatResponse& answer, Choice& choice)
{
    if (!piece.content.empty()) append_joined(choice.content.emplace(), piece.content);
    if (piece.refusal) choice.refusal = piece.refusal->str();
    append_joined(choice.reasoning, piece.reasoning);
    choice.logprobs = piece.logprobs;
    choice.annotations = piece.annotations;
    choice.audio = piece.audio;
    for (const auto& call : piece.tool_calls) {
        auto id = call.id.str();
        if (id.empty())
            id = make_call_id(answer.id, answer.created, choice.index, choice.tool_calls.size());
        choice.tool_calls.push_back(
            {.id = std::move(id),
             .name = call.name.str(),
             .arguments = call.arguments.str(),
             .custom = call.custom}
        );
    }
}

/// texts: whether those that stand in the body are wanted here too.
void take_answer(const Piece& piece, bool texts, ChatResponse& answer)
{
    answer.id = piece.id.str();
    answer.model = piece.model.str();
    answer.created = piece.created;
    answer.usage = piece.usage;
    answer.form = piece.form;
    if (texts) {
        answer.service_tier = piece.service_tier.str();
        answer.system_fingerprint = piece.system_fingerprint.str();
    }
    answer.choices.reserve(piece.choices.size());
    for (const auto& from : piece.choices) {
        const auto index = choice_index(from, answer.choices.size());
        auto& choice = answer.choices.emplace_back();
        choice.index = index;
        choice.finish = finish_of(from);
        if (texts) take_choice(from, answer, choice);
    }
}

class ChatReader final : public AnswerReader {
public:
    Result<ChatResponse> decode(std::string_view body) const override
    {
        return decode_chat(body, AnswerTexts::all);
    }
    Result<ChatResponse> decode_native(std::string_view body) const override
    {
        return decode_chat(body, AnswerTexts::as_needed);
    }
    std::unique_ptr<StreamDecoder> stream_decoder() const override
    {
        return std::make_unique<ChatStreamDecoder>();
    }
};

}  // namespace

Result<ChatResponse> decode_chat(std::string_view body, AnswerTexts texts)
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
    const bool needed = !piece.form.serves() || !piece.usage;
    take_answer(piece, texts == AnswerTexts::all || needed, *answer);
    return answer;
}

const AnswerReader& chat_reader()
{
    static const ChatReader reader;
    return reader;
}

}  // namespace sluice::openai_dialect
