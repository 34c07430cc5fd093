#pragma once

#include "core/error.hpp"
#include "core/task.hpp"
#include "server/visit.hpp"

#include <span>
#include <string>
#include <string_view>

namespace sluice {

/// Who may call an endpoint.
enum class Access {
    open,     ///< anybody: probes
    metrics,  ///< anybody, unless auth.protect_metrics
    caller,   ///< whoever authenticates, where that is configured: what was stored for them
    model,    ///< whoever authenticates, where that is configured, under rate limits and the
              ///< concurrency gate: these calls cost something
};

/// How an endpoint takes the body of its request.
enum class RequestBody {
    whole,        ///< read before it is served
    as_it_comes,  ///< Request::upload, which may be larger than memory
};

/// One thing that can be asked for. An error that serve returns before a response has begun becomes
/// the response.
struct ApiEndpoint {
    std::string_view method;
    std::string_view path;  ///< one segment may be a {name}; {name...} is all the rest
    Surface surface;
    Access access;
    Task<Result<void>> (*serve)(Visit& visit);
    RequestBody body = RequestBody::whole;
    bool has_parameter = path.contains('{');
};

/// The one table of endpoints.
std::span<const ApiEndpoint> endpoints();

EndpointMatch find_endpoint(std::string_view method, std::string_view path);
/// The methods that are served at this path, in words; empty: none is.
std::string allowed_methods(std::string_view path);

// The handlers, by file.
Task<Result<void>> chat_completions(Visit& visit);
Task<Result<void>> openai_embeddings(Visit& visit);
Task<Result<void>> transcriptions(Visit& visit);
Task<Result<void>> translations(Visit& visit);
Task<Result<void>> speech(Visit& visit);
Task<Result<void>> moderations(Visit& visit);
Task<Result<void>> openai_models(Visit& visit);
Task<Result<void>> openai_model(Visit& visit);
Task<Result<void>> messages(Visit& visit);
Task<Result<void>> count_message_tokens(Visit& visit);
Task<Result<void>> create_response(Visit& visit);
Task<Result<void>> get_response(Visit& visit);
Task<Result<void>> delete_response(Visit& visit);
Task<Result<void>> list_input_items(Visit& visit);
Task<Result<void>> cancel_response(Visit& visit);
Task<Result<void>> panel_chat(Visit& visit);
Task<Result<void>> panel_chat_stream(Visit& visit);
Task<Result<void>> connector_chat(Visit& visit);
Task<Result<void>> connector_chat_stream(Visit& visit);
Task<Result<void>> connector_embeddings(Visit& visit);
Task<Result<void>> connector_models(Visit& visit);
Task<Result<void>> health(Visit& visit);
Task<Result<void>> live(Visit& visit);
Task<Result<void>> ready(Visit& visit);
Task<Result<void>> metrics(Visit& visit);
Task<Result<void>> overview(Visit& visit);
Task<Result<void>> ui_page(Visit& visit);
Task<Result<void>> ui_asset(Visit& visit);
Task<Result<void>> to_ui(Visit& visit);
Task<Result<void>> openapi(Visit& visit);
Task<Result<void>> docs(Visit& visit);
Task<Result<void>> docs_style(Visit& visit);

}  // namespace sluice
