#include "api/messages_form.hpp"

#include "api/error_body.hpp"
#include "api/message_json.hpp"
#include "core/json.hpp"
#include "core/sse.hpp"

#include <utility>

namespace sluice {
namespace {

/// Separates the elements of an array as they are appended.
class Blocks {
public:
    explicit Blocks(std::string& out) : out_(out) { out_ += '['; }
    std::string& next() { return out_ += std::exchange(comma_, ","); }
    void close() { out_ += ']'; }

private:
    std::string& out_;
    const char* comma_ = "";
};

void append_text(Blocks& blocks, std::string_view text)
{
    if (text.empty()) return;
    json::ObjectWriter block(blocks.next());
    block.field("type", "text").field("text", text).close();
}

/// The arguments as an object, which they are unless the model made a mistake.
std::string_view input_of(const ToolCall& call)
{
    return json::Document::parse(call.arguments) ? std::string_view(call.arguments) : "{}";
}

void append_content(std::string& out, const Choice& choice)
{
    Blocks blocks(out);
    if (!choice.reasoning.empty()) {
        json::ObjectWriter block(blocks.next());
        block.field("type", "thinking").field("thinking", choice.reasoning);
        block.field("signature", "").close();
    }
    append_text(blocks, choice.content.value_or(""));
    append_text(blocks, choice.refusal.value_or(""));
    for (const auto& call : choice.tool_calls) {
        json::ObjectWriter block(blocks.next());
        block.field("type", "tool_use").field("id", call.id).field("name", call.name);
        block.raw("input", input_of(call)).close();
    }
    blocks.close();
}

/// The type is the event's name, where the provider sent none.
std::string type_of_event(const NativeEvent& event)
{
    if (event.type != "message") return event.type;
    const auto data = json::Document::parse(event.data);
    return data ? data->find("type").and_then(json::as_string).value_or("message") : "message";
}

}  // namespace

std::string MessagesForm::whole(ChatResponse&& response, const AnswerFacts& facts)
{
    if (!response.native.empty()) return std::move(response.native);
    const auto& choice = response.choices.front();
    const Shown shown{
        .tool_calls = !choice.tool_calls.empty(), .refusal = !choice.refusal.value_or("").empty()
    };
    std::string out;
    json::ObjectWriter message(out);
    message.field("id", message_id(response.id, facts.request_id));
    message.field("type", "message").field("role", "assistant");
    message.field("model", response.model.empty() ? facts.model : response.model);
    append_content(message.key("content"), choice);
    message.field("stop_reason", stop_reason(choice.finish, shown));
    message.null("stop_sequence").null("stop_details");
    message.raw("usage", message_usage_json(response.usage.value_or(Usage{})));
    message.close();
    return out;
}

void MessagesForm::begin(std::string&, AnswerFacts facts)
{
    request_id_ = facts.request_id;
    events_.emplace(request_id_, std::string(facts.model));
}

void MessagesForm::append(std::string& out, const ChatDelta& delta)
{
    if (!delta.native) return events_->append(out, delta);
    native_ = true;
    const auto type = type_of_event(*delta.native);
    append_event(type == "message_stop" ? native_stop_ : out, type, delta.native->data);
}

void MessagesForm::finish(std::string& out, const Usage& usage)
{
    if (native_)
        out += native_stop_;
    else
        events_->finish(out, usage);
}

void MessagesForm::fail(std::string& out, const Error& error)
{
    std::string data;
    json::ObjectWriter event(data);
    event.field("type", "error").raw("error", anthropic_error_object(error));
    event.field("request_id", request_id_).close();
    append_event(out, "error", data);
}

}  // namespace sluice
