#include "api/connector.hpp"

#include "api/usage_json.hpp"
#include "core/json.hpp"

#include <utility>

namespace sluice {
namespace {

/// Appends an array of what write appends for each element.
template <class Elements, class Write>
void append_array(std::string& out, const Elements& elements, Write write)
{
    out += '[';
    const char* comma = "";
    for (const auto& element : elements) {
        out += std::exchange(comma, ",");
        write(element);
    }
    out += ']';
}

void raw_unless_empty(json::ObjectWriter& object, std::string_view key, std::string_view json_text)
{
    if (!json_text.empty()) object.raw(key, json_text);
}

void field_or_null(
    json::ObjectWriter& object, std::string_view key, const std::optional<std::string>& text
)
{
    if (text)
        object.field(key, *text);
    else
        object.null(key);
}

void append_tool_call(std::string& out, const ToolCall& call)
{
    const std::string_view type = call.custom ? "custom" : "function";
    json::ObjectWriter object(out);
    object.field("id", call.id).field("type", type);
    json::ObjectWriter inner(object.key(type));
    inner.field("name", call.name).field(call.custom ? "input" : "arguments", call.arguments);
    inner.close();
    object.close();
}

void append_message(std::string& out, const Choice& choice, std::string_view model)
{
    json::ObjectWriter message(out);
    message.field("role", "assistant");
    field_or_null(message, "content", choice.content);
    message.field("model", model);
    if (!choice.tool_calls.empty())
        append_array(message.key("tool_calls"), choice.tool_calls, [&](const ToolCall& call) {
            append_tool_call(out, call);
        });
    if (choice.refusal) message.field("refusal", *choice.refusal);
    if (!choice.reasoning.empty()) message.field("reasoning_content", choice.reasoning);
    raw_unless_empty(message, "annotations", choice.annotations);
    raw_unless_empty(message, "audio", choice.audio);
    message.close();
}

void append_choice(std::string& out, const Choice& choice, std::string_view model)
{
    json::ObjectWriter object(out);
    object.field("index", choice.index);
    append_message(object.key("message"), choice, model);
    raw_unless_empty(object, "logprobs", choice.logprobs);
    object.field("finish_reason", to_string(choice.finish));
    object.close();
}

/// The members that every answer of a model ends with.
void add_account(json::ObjectWriter& body, std::string& out, const ConnectorAnswer& answer)
{
    body.field("request_id", answer.request_id);
    if (answer.cost_usd)
        body.field("cost_usd", *answer.cost_usd);
    else
        body.null("cost_usd");
    if (answer.warnings.empty()) return;
    append_array(body.key("warnings"), answer.warnings, [&](std::string_view warning) {
        json::append_quoted(out, warning);
    });
}

}  // namespace

std::string connector_chat_body(const ChatResponse& response, const ConnectorAnswer& answer)
{
    const auto& first = response.choices.front();
    std::string out;
    json::ObjectWriter body(out);
    body.field("success", true);
    append_message(body.key("message"), first, response.model);
    body.raw("usage", response.usage ? usage_json(*response.usage) : "null");
    body.field("provider", answer.provider);
    body.field("finish_reason", to_string(first.finish));
    body.field("id", response.id);
    raw_unless_empty(body, "logprobs", first.logprobs);
    if (response.choices.size() > 1)
        append_array(body.key("choices"), response.choices, [&](const Choice& choice) {
            append_choice(out, choice, response.model);
        });
    add_account(body, out, answer);
    body.close();
    return out;
}

std::string connector_embeddings_body(
    const EmbeddingsResponse& response, const ConnectorAnswer& answer
)
{
    std::string out;
    json::ObjectWriter body(out);
    body.field("success", true);
    append_array(body.key("embeddings"), response.embeddings, [&](const std::string& embedding) {
        out += embedding;
    });
    body.field("model", response.model);
    if (const auto& usage = response.usage) {
        json::ObjectWriter object(body.key("usage"));
        object.field("prompt_tokens", usage->prompt).field("total_tokens", usage->total);
        object.close();
    } else {
        body.null("usage");
    }
    body.field("provider", answer.provider);
    add_account(body, out, answer);
    body.close();
    return out;
}

std::string connector_models_body(std::span<const ModelEntry> models)
{
    std::string out;
    const auto field_if_known = [](json::ObjectWriter& object, auto key, auto value) {
        if (value != 0) object.field(key, value);
    };
    json::ObjectWriter body(out);
    body.field("success", true);
    append_array(body.key("models"), models, [&](const ModelEntry& model) {
        json::ObjectWriter object(out);
        object.field("id", model.id).field("description", model.description);
        field_if_known(object, "context_window", model.context_window);
        field_if_known(object, "max_output_tokens", model.max_output_tokens);
        field_if_known(object, "input_price", model.input_price);
        field_if_known(object, "output_price", model.output_price);
        if (!model.shutdown_date.empty()) object.field("shutdown_date", model.shutdown_date);
        object.close();
    });
    body.close();
    return out;
}

}  // namespace sluice
