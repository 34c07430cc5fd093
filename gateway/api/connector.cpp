#include "api/connector.hpp"

#include "api/chat_message.hpp"
#include "api/json_array.hpp"
#include "api/usage_json.hpp"
#include "core/json.hpp"

#include <utility>

namespace sluice {
namespace {

/// The members that every answer of a model ends with.
void add_account(json::ObjectWriter& body, std::string& out, const AnswerFacts& facts)
{
    body.field("request_id", facts.request_id);
    if (facts.cost_usd)
        body.field("cost_usd", *facts.cost_usd);
    else
        body.null("cost_usd");
    if (facts.warnings.empty()) return;
    append_array(body.key("warnings"), facts.warnings, [&](std::string_view warning) {
        json::append_quoted(out, warning);
    });
}

}  // namespace

std::string ConnectorForm::whole(ChatResponse&& response, const AnswerFacts& facts)
{
    const auto& first = response.choices.front();
    std::string out;
    json::ObjectWriter body(out);
    body.field("success", true);
    append_message(body.key("message"), first, response.model);
    body.raw("usage", response.usage ? usage_json(*response.usage) : "null");
    body.field("provider", facts.provider);
    body.field("finish_reason", to_string(first.finish));
    body.field("id", response.id);
    if (!first.logprobs.empty()) body.raw("logprobs", first.logprobs);
    if (response.choices.size() > 1) append_choices(body.key("choices"), response, response.model);
    add_account(body, out, facts);
    body.close();
    return out;
}

std::string connector_embeddings_body(const EmbeddingsResponse& response, const AnswerFacts& facts)
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
    body.field("provider", facts.provider);
    add_account(body, out, facts);
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
