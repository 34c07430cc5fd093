#include "api/messages_form.hpp"
#include "api/messages_request.hpp"
#include "core/json.hpp"
#include "server/chat.hpp"
#include "server/endpoints.hpp"
#include "server/plan.hpp"
#include "server/token_counting.hpp"

#include <string>

namespace sluice {

namespace {

std::string token_count_body(
    const TokenCounter& tokens, const Candidate& candidate, const json::Document& chat
)
{
    const auto count = tokens.count_chat(candidate.model, candidate.provider->entry->type, chat);
    std::string out;
    json::ObjectWriter body(out);
    body.field("input_tokens", count.tokens).close();
    return out;
}

}  // namespace

Task<Result<void>> messages(Visit& visit)
{
    auto chat = parse_messages_request(std::move(visit.request.body));
    if (!chat) co_return std::unexpected(std::move(chat).error());
    auto plan = make_plan(visit, {}, chat->model, Operation::chat);
    if (!plan) co_return std::unexpected(std::move(plan).error());
    MessagesForm form;
    ChatSurface surface(form);
    co_return co_await answer_chat(visit, *chat, *plan, surface);
}

Task<Result<void>> count_message_tokens(Visit& visit)
{
    auto chat = parse_token_count_request(std::move(visit.request.body));
    if (!chat) co_return std::unexpected(std::move(chat).error());
    auto plan = make_plan(visit, {}, chat->model, Operation::chat);
    if (!plan) co_return std::unexpected(std::move(plan).error());

    const auto count = [&] {
        return token_count_body(visit.services.tokens, plan->candidates.front(), chat->document);
    };
    const auto body = co_await count_aside(visit.services, chat->document.text().size(), count);
    if (body.empty()) co_return fail(ErrorKind::internal, "the tokens could not be counted");
    visit.account.succeeded(200);
    visit.headers.push_back({"content-type", "application/json"});
    co_return co_await visit.responder.send(200, visit.headers, body);
}

}  // namespace sluice
