#include "api/responses_form.hpp"
#include "api/responses_request.hpp"
#include "api/stored_items.hpp"
#include "core/ids.hpp"
#include "server/chat.hpp"
#include "server/endpoints.hpp"
#include "server/plan.hpp"
#include "store/store.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sluice {

namespace {

/// Items are stored under their own ids, which nobody may take for a response's.
bool is_response_id(std::string_view id)
{
    return id.starts_with("resp_");
}

/// The way from an item, which callers may refer to by its id alone, to the response it is of.
StoredResponse signpost(std::string item_id, const StoredResponse& response)
{
    return {
        .id = std::move(item_id),
        .caller = response.caller,
        .previous = response.id,
        .input = "[]",
        .response = "{}",
        .created_at = response.created_at,
    };
}

/// Keeps the answer before its last bytes go out, so that the caller's next request can continue
/// it. An answer that could not be kept is an error: it would promise what it cannot hold.
class ResponsesSurface final : public ChatSurface {
public:
    ResponsesSurface(
        ResponsesForm& responses_form,
        const ResponsesRequest& request,
        Store& store,
        std::string owner
    )
        : ChatSurface(responses_form),
          form_(responses_form),
          request_(request),
          store_(store),
          owner_(std::move(owner))
    {
    }

    bool keeps() const override { return request_.store && !form_.response().empty(); }

    Task<Result<void>> keep() override
    {
        const auto& text = form_.response();
        using Wall = std::chrono::system_clock;
        const StoredResponse response{
            .id = id_of_response(text),
            .caller = owner_,
            .previous = request_.previous,
            .input = input_json(request_.input),
            .response = text,
            .created_at = Wall::to_time_t(Wall::now()),
        };
        if (auto kept = co_await store_.put(response); !kept) co_return kept;
        for (auto& id : output_ids(text))
            if (auto kept = co_await store_.put(signpost(std::move(id), response)); !kept)
                co_return kept;
        co_return Result<void>{};
    }

private:
    ResponsesForm& form_;
    const ResponsesRequest& request_;
    Store& store_;
    std::string owner_;
};

/// The items of all that the request continues, oldest first.
Task<Result<std::vector<std::string>>> load_history(
    Store& store, const std::string& previous, const std::string& owner
)
{
    std::vector<std::string> items;
    if (previous.empty()) co_return items;
    std::optional<std::vector<StoredResponse>> conversation;
    if (is_response_id(previous)) {
        auto found = co_await store.conversation(previous, owner);
        if (!found) co_return std::unexpected(std::move(found).error());
        conversation = std::move(*found);
    }
    if (!conversation)
        co_return std::unexpected(Error{
            .kind = ErrorKind::invalid_request,
            .message = concat("Previous response with id '", previous, "' not found."),
            .param = "previous_response_id",
            .code = "previous_response_not_found",
        });
    for (const auto& link : *conversation) append_items(items, link.input, link.response);
    co_return items;
}

/// The items that the request names by their ids, as far as they are known.
Task<Result<std::map<std::string, std::string>>> load_references(
    Store& store, const ResponsesRequest& request, const std::string& owner
)
{
    std::map<std::string, std::string> items;
    for (const auto& id : item_references(request)) {
        if (is_response_id(id)) continue;
        auto post = co_await store.response(id, owner);
        if (!post) co_return std::unexpected(std::move(post).error());
        if (!*post) continue;
        auto response = co_await store.response((*post)->previous, owner);
        if (!response) co_return std::unexpected(std::move(response).error());
        if (!*response) continue;
        if (auto item = find_output((*response)->response, id)) items.emplace(id, *std::move(item));
    }
    co_return items;
}

/// The stored response that the path names.
Task<Result<StoredResponse>> find_response(Visit& visit)
{
    const std::string id(visit.parameter);
    std::optional<StoredResponse> response;
    if (is_response_id(id)) {
        auto found = co_await visit.services.store.response(id, visit.caller->owner());
        if (!found) co_return std::unexpected(std::move(found).error());
        response = std::move(*found);
    }
    if (!response)
        co_return fail(ErrorKind::not_found, concat("Response with id '", id, "' not found."));
    co_return *std::move(response);
}

Task<Result<void>> send_json(Visit& visit, std::string_view body)
{
    visit.account.succeeded(200);
    visit.headers.push_back({"content-type", "application/json"});
    co_return co_await visit.responder.send(200, visit.headers, body);
}

}  // namespace

Task<Result<void>> create_response(Visit& visit)
{
    auto request = parse_responses_request(std::move(visit.request.body));
    if (!request) co_return std::unexpected(std::move(request).error());
    auto& store = visit.services.store;
    const auto owner = visit.caller->owner();
    const auto history = co_await load_history(store, request->previous, owner);
    if (!history) co_return std::unexpected(history.error());
    const auto referenced = co_await load_references(store, *request, owner);
    if (!referenced) co_return std::unexpected(referenced.error());
    if (auto resolved = resolve_references(*request, *history, *referenced); !resolved)
        co_return resolved;

    auto chat = translate_to_chat(*request, *history);
    if (!chat) co_return std::unexpected(std::move(chat).error());
    auto plan = make_plan(visit, {}, chat->model, Operation::chat);
    if (!plan) co_return std::unexpected(std::move(plan).error());
    ResponsesForm form(*request, &new_object_id);
    ResponsesSurface surface(form, *request, store, owner);
    co_return co_await answer_chat(visit, *chat, *plan, surface);
}

Task<Result<void>> get_response(Visit& visit)
{
    if (visit.request.query.contains("stream=true"))
        co_return fail_at("stream", "only a response that runs in the background can be streamed");
    const auto response = co_await find_response(visit);
    if (!response) co_return std::unexpected(response.error());
    co_return co_await send_json(visit, response->response);
}

Task<Result<void>> delete_response(Visit& visit)
{
    const auto response = co_await find_response(visit);
    if (!response) co_return std::unexpected(response.error());
    const auto erased = co_await visit.services.store.erase(response->id, response->caller);
    if (!erased) co_return std::unexpected(erased.error());
    co_return co_await send_json(
        visit,
        concat(R"({"id":)", json::quoted(response->id), R"(,"object":"response","deleted":true})")
    );
}

Task<Result<void>> list_input_items(Visit& visit)
{
    const auto response = co_await find_response(visit);
    if (!response) co_return std::unexpected(response.error());
    const auto page = input_items_page(response->id, response->input, visit.request.query);
    if (!page) co_return std::unexpected(page.error());
    co_return co_await send_json(visit, *page);
}

Task<Result<void>> cancel_response(Visit& visit)
{
    const auto response = co_await find_response(visit);
    if (!response) co_return std::unexpected(response.error());
    co_return fail_at("id", "Only responses with background=true can be cancelled.");
}

}  // namespace sluice
