#include "api/chat_completions.hpp"

#include "api/openai_chat.hpp"
#include "server/chat.hpp"
#include "server/endpoints.hpp"
#include "server/plan.hpp"

namespace sluice {

namespace {

/// Mistral's clients demand whole tool calls (provider-apis.md section 7.2). They are told by their
/// name, or by fields that only they send.
bool is_mistral_client(const Request& request, const ChatRequest& chat)
{
    constexpr json::KeySet fields{"safe_prompt", "random_seed", "prompt_mode"};
    return request.header("user-agent").starts_with("mistral-client") ||
           !(chat.document.keys() & fields).empty();
}

}  // namespace

Task<Result<void>> chat_completions(Visit& visit)
{
    auto chat = parse_chat_request(std::move(visit.request.body));
    if (!chat) co_return std::unexpected(std::move(chat).error());
    auto plan = make_plan(visit, {}, chat->model, Operation::chat);
    if (!plan) co_return std::unexpected(std::move(plan).error());
    const bool whole_tool_calls = is_mistral_client(visit.request, *chat);
    if (!whole_tool_calls) chat->dialect = Dialect::chat_completions;
    ChatCompletionsForm form(
        {.include_usage = chat->include_usage, .whole_tool_calls = whole_tool_calls}
    );
    ChatSurface surface(form);
    co_return co_await answer_chat(visit, *chat, *plan, surface);
}

}  // namespace sluice
