#include "api/connector.hpp"
#include "api/openai_chat.hpp"
#include "server/chat.hpp"
#include "server/endpoints.hpp"
#include "server/plan.hpp"

namespace sluice {

namespace {

Task<Result<void>> connector_answer(Visit& visit, bool always_stream)
{
    auto chat = parse_chat_request(std::move(visit.request.body));
    if (!chat) co_return std::unexpected(std::move(chat).error());
    chat->stream = chat->stream || always_stream;
    auto plan = make_plan(visit, visit.parameter, chat->model, Operation::chat);
    if (!plan) co_return std::unexpected(std::move(plan).error());
    ConnectorForm form({.include_usage = chat->include_usage});
    ChatSurface surface(form);
    co_return co_await answer_chat(visit, *chat, *plan, surface);
}

}  // namespace

Task<Result<void>> connector_chat(Visit& visit)
{
    return connector_answer(visit, false);
}

Task<Result<void>> connector_chat_stream(Visit& visit)
{
    return connector_answer(visit, true);
}

}  // namespace sluice
