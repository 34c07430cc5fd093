#pragma once

#include "api/chat_form.hpp"
#include "core/chat.hpp"
#include "routing/router.hpp"
#include "server/visit.hpp"

namespace sluice {

/// What a surface has of its own about answering a chat.
class ChatSurface {
public:
    explicit ChatSurface(ChatForm& chat_form) : form(chat_form) {}
    virtual ~ChatSurface() = default;
    /// True where the answer has to be kept. keep() is then awaited when all of it has been worded
    /// and its last bytes have not been sent yet; an error goes to the caller in their place.
    virtual bool keeps() const { return false; }
    virtual Task<Result<void>> keep() { co_return Result<void>{}; }

    ChatForm& form;
};

AnswerFacts facts_of(
    const Visit& visit, const Candidate& candidate, const std::optional<Cost>& cost = std::nullopt
);
/// The headers of an answer of a model: warnings, who answered, how long it took.
void append_answer_headers(const Visit& visit, HeaderBlock& headers);

/// A chat from its targets to the caller, on any surface.
Task<Result<void>> answer_chat(Visit& visit, ChatRequest& chat, Plan& plan, ChatSurface& surface);

}  // namespace sluice
