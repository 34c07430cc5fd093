#include "api/panel.hpp"

#include "api/usage_json.hpp"
#include "core/json.hpp"
#include "core/sse.hpp"

namespace sluice {
namespace {

/// What a person is shown: the text, or why the model refuses.
std::string_view shown_text(const Choice& choice)
{
    if (choice.content && !choice.content->empty()) return *choice.content;
    return choice.refusal ? std::string_view(*choice.refusal) : std::string_view();
}

void append_delta_event(std::string& out, std::string_view text)
{
    if (text.empty()) return;
    out += R"(data: {"delta":)";
    json::append_quoted(out, text);
    out += "}\n\n";
}

}  // namespace

std::string PanelForm::whole(ChatResponse&& response, const AnswerFacts& facts)
{
    std::string out;
    json::ObjectWriter body(out);
    body.field("content", shown_text(response.choices.front()));
    if (response.usage) body.raw("usage", usage_json(*response.usage));
    body.field("model", response.model.empty() ? facts.model : response.model);
    body.field("id", response.id.empty() ? facts.request_id : response.id);
    body.close();
    return out;
}

std::string PanelStreamForm::whole(ChatResponse&& response, const AnswerFacts& facts)
{
    return PanelForm().whole(std::move(response), facts);
}

void PanelStreamForm::begin(std::string&, AnswerFacts) {}

void PanelStreamForm::append(std::string& out, const ChatDelta& delta)
{
    for (const auto& choice : delta.choices) {
        if (choice.index != 0) continue;  // one text is shown
        append_delta_event(out, choice.content);
        append_delta_event(out, choice.refusal);
    }
}

void PanelStreamForm::finish(std::string& out, const Usage& usage)
{
    append_event(out, "usage", usage_json(usage));
    append_event(out, "[DONE]");
}

void PanelStreamForm::fail(std::string& out, const Error& error)
{
    out += R"(data: {"error":)";
    json::append_quoted(out, error.message);
    out += "}\n\n";
}

}  // namespace sluice
