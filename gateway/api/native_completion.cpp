#include "api/native_completion.hpp"

#include "api/chat_message.hpp"
#include "api/usage_json.hpp"
#include "core/json.hpp"

#include <algorithm>

namespace sluice {
namespace {

using json::Cursor;
using Kind = Cursor::Kind;

bool is_text(std::string_view json_text)
{
    return json_text.starts_with('"') && json_text != "\"\"";
}

bool is_integer(std::string_view json_text)
{
    return !json_text.empty() && json_text.find_first_not_of("0123456789") == json_text.npos;
}

/// Calls each(cursor) for every element; false where the value is no array or some element is not
/// sound.
template <class Each>
bool all_of(Cursor& at, Each each)
{
    if (at.peek() != Kind::array) return at.skip(), false;
    bool sound = true;
    at.enter_array();
    while (at.next_element()) sound &= each(at);
    return sound;
}

bool sound_function(Cursor& at, bool whole)
{
    if (at.peek() != Kind::object) return at.skip(), false;
    bool name = false;
    bool arguments = false;
    at.enter_object();
    while (auto key = at.next_key()) {
        bool* member = *key == "name"                           ? &name
                       : *key == "arguments" || *key == "input" ? &arguments
                                                                : nullptr;
        const bool text = at.peek() == Kind::string;
        at.skip();
        if (member) *member = text;
    }
    return arguments && (name || !whole);
}

/// whole: of an answer in one piece; else a fragment, which has an index and names its call only
/// the first time.
bool sound_tool_call(Cursor& at, bool whole)
{
    if (at.peek() != Kind::object) return at.skip(), false;
    bool index = whole;
    bool id = false;
    bool function = false;
    at.enter_object();
    while (auto key = at.next_key()) {
        if (*key == "function" || *key == "custom")
            function = sound_function(at, whole);
        else if (*key == "index")
            index = is_integer(at.skip());
        else if (*key == "id")
            id = is_text(at.skip());
        else
            at.skip();
    }
    return index && function && (id || !whole);
}

bool sound_text_or_null(Cursor& at)
{
    const auto text = at.skip();
    return text.starts_with('"') || json::is_null(text);
}

/// A message or a delta.
bool sound_message(Cursor& at, bool whole, bool& role)
{
    if (at.peek() != Kind::object) return at.skip(), false;
    bool sound = true;
    at.enter_object();
    while (auto key = at.next_key()) {
        if (*key == "role")
            role = at.skip() == R"("assistant")";
        else if (*key == "content" || *key == "refusal")
            sound &= sound_text_or_null(at);
        else if (*key == "tool_calls" && (!whole || at.peek() != Kind::null))
            sound &= all_of(at, [&](Cursor& call) { return sound_tool_call(call, whole); });
        else
            at.skip();
    }
    return sound;
}

bool is_finish_reason(std::string_view json_text)
{
    const auto word = json_text.substr(0, json_text.size() - 1).substr(1);
    return word == "stop" || word == "length" || word == "tool_calls" || word == "content_filter" ||
           word == "function_call";
}

struct ChoiceForm {
    bool whole = false;
    bool opening = false;  ///< of a stream: the role has to be there
};

bool sound_choice(Cursor& at, ChoiceForm form)
{
    if (at.peek() != Kind::object) return at.skip(), false;
    bool index = false;
    bool message = false;
    bool role = false;
    bool finish = false;
    bool sound = true;
    at.enter_object();
    while (auto key = at.next_key()) {
        if (*key == (form.whole ? "message" : "delta")) {
            message = sound_message(at, form.whole, role);
        } else if (*key == "index") {
            index = is_integer(at.skip());
        } else if (*key == "finish_reason") {
            const auto reason = at.skip();
            finish =
                is_text(reason) ? is_finish_reason(reason) : !form.whole && json::is_null(reason);
        } else if (*key == "usage") {
            at.skip();
            sound = false;  // Moonshot's place for it
        } else {
            at.skip();
        }
    }
    return sound && index && message && finish && (role || !(form.whole || form.opening));
}

bool sound_choices(std::string_view json_text, ChoiceForm form)
{
    Cursor at(json_text);
    std::size_t count = 0;
    const bool sound = all_of(at, [&](Cursor& choice) {
        ++count;
        return sound_choice(choice, form);
    });
    return sound && (form.whole ? count > 0 : count == 1);
}

bool sound_head(const json::Document& document, std::string_view object)
{
    const auto value = [&](std::string_view key) { return document.find(key).value_or("null"); };
    return is_text(value("id")) && value("object") == object && is_integer(value("created")) &&
           is_text(value("model"));
}

/// What is always taken out: a null usage breaks Mistral's clients, a real one comes at the end.
void remove_unwanted(const json::Document& document, json::Edits& edits)
{
    for (const auto* key : {"usage", "obfuscation", "x_groq"})
        if (document.contains(key)) edits.remove(key);
}

}  // namespace

std::optional<std::string> native_chunk(std::string_view data, bool opening)
{
    auto document = json::Document::parse(std::string(data));
    if (!document || !sound_head(*document, R"("chat.completion.chunk")")) return std::nullopt;
    const ChoiceForm form{.whole = false, .opening = opening};
    if (!sound_choices(document->find("choices").value_or("null"), form)) return std::nullopt;
    if (data.contains('\n') || data.contains('\r')) return std::nullopt;  // would end the line
    json::Edits edits;
    remove_unwanted(*document, edits);
    return edits.empty() ? std::string(data) : document->spliced(edits);
}

std::string with_usage(const std::string& chunk, std::string_view usage)
{
    if (usage.empty()) return chunk;
    auto document = json::Document::parse(chunk);
    if (!document) return chunk;
    json::Edits edits;
    edits.put("usage", usage);
    return document->spliced(edits);
}

std::string native_completion(const ChatResponse& response, const AnswerFacts& facts)
{
    auto document = json::Document::parse(response.native);
    if (!document) return {};
    json::Edits edits;
    const auto value = [&](std::string_view key) { return document->find(key).value_or("null"); };
    if (!is_text(value("id")))
        edits.put(
            "id",
            json::quoted(response.id.empty() ? concat("chatcmpl-", facts.request_id) : response.id)
        );
    if (value("object") != R"("chat.completion")") edits.put("object", R"("chat.completion")");
    if (!is_integer(value("created")))
        edits.put("created", std::to_string(response.created ? response.created : facts.created));
    if (!is_text(value("model")))
        edits.put("model", json::quoted(response.model.empty() ? facts.model : response.model));
    if (!sound_choices(value("choices"), {.whole = true})) {
        std::string choices;
        append_choices(choices, response);
        edits.put("choices", choices);
    }
    if (!value("usage").starts_with('{') && response.usage)
        edits.put("usage", usage_json(*response.usage));
    return edits.empty() ? response.native : document->spliced(edits);
}

}  // namespace sluice
