#include "api/openai_models.hpp"

#include "api/json_array.hpp"
#include "core/error.hpp"
#include "core/json.hpp"

namespace sluice {
namespace {

void add_capabilities(json::ObjectWriter& object, const ModelEntry& model)
{
    const bool chat = model.mode.empty() || model.mode.starts_with("chat");
    json::ObjectWriter capabilities(object.key("capabilities"));
    capabilities.field("completion_chat", chat)
        .field("function_calling", chat)
        .field("vision", model.images)
        .field("reasoning", model.reasoning)
        .field("embeddings", model.mode == "embedding")
        .field("audio_transcription", model.mode == "audio_transcription");
    capabilities.close();
}

/// A day is written as a time too: Mistral's clients demand one.
void add_shutdown(json::ObjectWriter& object, const std::string& date)
{
    if (date.empty())
        object.null("shutdown_date").null("deprecation");
    else
        object.field("shutdown_date", date).field("deprecation", concat(date, "T00:00:00Z"));
}

template <class Number>
void field_if_known(json::ObjectWriter& object, std::string_view key, Number value)
{
    if (value != 0) object.field(key, value);
}

void append_model(std::string& out, const ModelEntry& model)
{
    json::ObjectWriter object(out);
    object.field("id", model.id).field("object", "model").field("created", model.created);
    object.field("owned_by", model.owned_by.empty() ? "sluice" : model.owned_by);
    object.field("type", "base");
    add_capabilities(object, model);
    append_array(object.key("aliases"), std::vector<std::string>{}, [](const auto&) {});
    field_if_known(object, "max_context_length", model.context_window);
    field_if_known(object, "context_window", model.context_window);
    field_if_known(object, "max_output_tokens", model.max_output_tokens);
    field_if_known(object, "input_price", model.input_price);
    field_if_known(object, "output_price", model.output_price);
    add_shutdown(object, model.shutdown_date);
    if (!model.description.empty()) object.field("description", model.description);
    if (!model.warning.empty()) object.field("warning", model.warning);
    if (!model.targets.empty())
        append_array(object.key("targets"), model.targets, [&](const std::string& target) {
            json::append_quoted(out, target);
        });
    object.close();
}

}  // namespace

std::string openai_model_body(const ModelEntry& model)
{
    std::string out;
    append_model(out, model);
    return out;
}

std::string openai_models_body(std::span<const ModelEntry> models)
{
    std::string out;
    json::ObjectWriter body(out);
    body.field("object", "list");
    append_array(body.key("data"), models, [&](const ModelEntry& model) {
        append_model(out, model);
    });
    body.close();
    return out;
}

}  // namespace sluice
