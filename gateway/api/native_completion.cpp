#include "api/native_completion.hpp"

#include "api/chat_message.hpp"
#include "api/usage_json.hpp"
#include "core/json.hpp"

#include <utility>

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

bool sound_choices(Cursor& at, ChoiceForm form)
{
    std::size_t count = 0;
    const bool sound = all_of(at, [&](Cursor& choice) {
        ++count;
        return sound_choice(choice, form);
    });
    return sound && (form.whole ? count > 0 : count == 1);
}

/// An answer of a provider, and whether its choices serve as they are.
struct Answer {
    json::Document document;
    bool choices_are_sound = false;
};

Result<Answer> read_answer(std::string_view text, ChoiceForm form)
{
    json::Document::Reader reader{std::string(text)};
    bool sound = false;
    while (const auto key = reader.next_key()) {
        if (*key == "choices")
            sound = sound_choices(reader.value(), form);
        else
            reader.value().skip();
    }
    auto document = reader.finish();
    if (!document) return std::unexpected(std::move(document).error());
    return Answer{*std::move(document), sound};
}

/// What is always taken out of a chunk: a null usage breaks Mistral's clients, a real one comes at
/// the end.
bool is_unwanted(std::string_view key)
{
    return key == "usage" || key == "obfuscation" || key == "x_groq";
}

/// Copies the members of a chunk that are wanted, and sees whether those are there that have to be.
class ChunkCopier {
public:
    ChunkCopier(std::string_view data, ChoiceForm form) : data_(data), at_(data), form_(form) {}

    /// False where the chunk does not serve; what was appended then is none of a chunk.
    bool append_to(std::string& out)
    {
        if (at_.peek() != Kind::object) return false;
        at_.enter_object();
        const auto begin = at_.offset();
        auto copied = begin;
        out.append(data_.substr(0, begin));
        bool first = true;
        while (const auto key = at_.next_key()) {
            const auto name = *key;
            const bool wanted = !is_unwanted(name);
            if (first && wanted && copied != begin) copied = data_.find('"', copied);  // no comma
            look_at(name);
            const auto end = at_.offset();
            if (wanted) out.append(data_.substr(copied, end - copied));
            first = first && !wanted;
            copied = end;
        }
        out.append(data_.substr(copied));
        return at_.finish() && id_ && object_ && created_ && model_ && choices_;
    }

private:
    std::string_view data_;
    Cursor at_;
    ChoiceForm form_;
    bool id_ = false, object_ = false, created_ = false, model_ = false, choices_ = false;

    void look_at(std::string_view key)
    {
        if (key == "choices")
            choices_ = sound_choices(at_, form_);
        else if (key == "id")
            id_ = is_text(at_.skip());
        else if (key == "object")
            object_ = at_.skip() == R"("chat.completion.chunk")";
        else if (key == "created")
            created_ = is_integer(at_.skip());
        else if (key == "model")
            model_ = is_text(at_.skip());
        else
            at_.skip();
    }
};

}  // namespace

bool append_native_chunk(std::string& out, std::string_view data, bool opening)
{
    if (data.contains('\n') || data.contains('\r')) return false;  // would end the line
    const auto before = out.size();
    const bool serves = ChunkCopier(data, {.whole = false, .opening = opening}).append_to(out);
    if (!serves) out.resize(before);
    return serves;
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
    const auto answer = read_answer(response.native, {.whole = true});
    if (!answer) return {};
    const auto& document = answer->document;
    json::Edits edits;
    const auto value = [&](std::string_view key) { return document.find(key).value_or("null"); };
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
    if (!answer->choices_are_sound) {
        std::string choices;
        append_choices(choices, response);
        edits.put("choices", choices);
    }
    if (!value("usage").starts_with('{') && response.usage)
        edits.put("usage", usage_json(*response.usage));
    return document.spliced(edits);
}

}  // namespace sluice
