#include "api/panel.hpp"

#include "api/openai_chat.hpp"
#include "server/chat.hpp"
#include "server/endpoints.hpp"
#include "server/plan.hpp"

namespace sluice {

namespace {

Task<Result<void>> panel_answer(Visit& visit, ChatForm& form, bool always_stream)
{
    auto chat = parse_chat_request(std::move(visit.request.body));
    if (!chat) co_return std::unexpected(std::move(chat).error());
    chat->stream = chat->stream || always_stream;
    auto plan = make_plan(visit, {}, chat->model, Operation::chat);
    if (!plan) co_return std::unexpected(std::move(plan).error());
    ChatSurface surface(form);
    co_return co_await answer_chat(visit, *chat, *plan, surface);
}

}  // namespace

Task<Result<void>> panel_chat(Visit& visit)
{
    PanelForm form;
    co_return co_await panel_answer(visit, form, false);
}

Task<Result<void>> panel_chat_stream(Visit& visit)
{
    PanelStreamForm form;
    co_return co_await panel_answer(visit, form, true);
}

}  // namespace sluice
