#include "api/json_array.hpp"
#include "api/json_look.hpp"
#include "api/openai_chat.hpp"
#include "api/responses_messages.hpp"
#include "api/responses_request.hpp"
#include "api/responses_tools.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace sluice {
namespace {

using json::ObjectWriter;

/// Fields that become others in chat, or say nothing to it. The rest is the same, or nobody's.
constexpr auto done_elsewhere = std::to_array<std::string_view>({
    "input",
    "instructions",
    "previous_response_id",
    "store",
    "max_output_tokens",
    "max_tool_calls",
    "reasoning",
    "text",
    "tools",
    "tool_choice",
    "parallel_tool_calls",
    "include",
    "top_logprobs",
    "background",
    "conversation",
    "stream_options",
    "prompt",
    "context_management",
});

/// Where chat's name for a field stands in the caller's body.
struct Renamed {
    std::string_view chat;
    std::string_view own;
};
constexpr std::array renamed{
    Renamed{"max_completion_tokens", "max_output_tokens"},
    Renamed{"response_format.json_schema", "text.format"},
    Renamed{"response_format", "text.format"},
    Renamed{"messages", "input"},
};

/// A breach that was found in the translation, in the words of the original.
Error in_own_words(Error error)
{
    for (const auto& [chat, own] : renamed) {
        if (!error.param.starts_with(chat)) continue;
        const auto replace = [&](std::string& text) {
            if (const auto at = text.find(chat); at != text.npos)
                text.replace(at, chat.size(), own);
        };
        replace(error.param);
        replace(error.message);
        break;
    }
    for (const std::string_view inner : {".function.", ".custom."}) {
        if (!error.param.starts_with("tool")) break;
        for (auto* text : {&error.param, &error.message})
            if (const auto at = text->find(inner); at != text->npos)
                text->replace(at, inner.size(), ".");
    }
    return error;
}

class Translation {
public:
    explicit Translation(const ResponsesRequest& request)
        : request_(request), from_(request.document), chat_(out_)
    {
    }

    Result<ChatRequest> run(std::span<const std::string> history);

private:
    const ResponsesRequest& request_;
    const json::Document& from_;
    std::string out_;
    ObjectWriter chat_;
    std::string native_only_;

    Result<void> add_messages(std::span<const std::string> history);
    void add_tools();
    void add_text();
    void add_reasoning();
    void add_logprobs();
    void add_same();
    void note_native(std::string_view path)
    {
        if (native_only_.empty()) native_only_ = path;
    }
};

Result<ChatRequest> Translation::run(std::span<const std::string> history)
{
    for (const auto* field : {"prompt", "context_management"})
        if (has(from_, field)) note_native(field);
    add_tools();
    if (auto done = add_messages(history); !done) return std::unexpected(std::move(done).error());
    add_text();
    add_reasoning();
    add_logprobs();
    if (has(from_, "max_output_tokens"))
        chat_.raw("max_completion_tokens", *from_.find("max_output_tokens"));
    add_same();
    chat_.close();
    auto chat = parse_chat_request(std::move(out_));
    if (!chat) return std::unexpected(in_own_words(std::move(chat).error()));
    chat->dialect = Dialect::responses;
    chat->native_only = std::move(native_only_);
    return chat;
}

Result<void> Translation::add_messages(std::span<const std::string> history)
{
    MessagesTranslation messages;
    if (has(from_, "instructions")) messages.add_instructions(*from_.find("instructions"));
    for (const auto& item : history)
        if (auto done = messages.add(item, "previous_response_id"); !done) return done;
    std::size_t index = 0;
    for (const auto& item : request_.input) {
        const auto path = concat("input[", std::to_string(index++), "]");
        if (auto done = messages.add(item, path); !done) return done;
    }
    chat_.raw("messages", messages.take());
    note_native(messages.native_only());
    return {};
}

void Translation::add_tools()
{
    const auto tools = nest_tools(value_or(from_, "tools", "[]"));
    note_native(tools.native_only);
    if (tools.json_text.empty()) return;  // chat takes the other two beside tools only
    chat_.raw("tools", tools.json_text);
    if (has(from_, "tool_choice")) {
        const auto choice = nest_tool_choice(*from_.find("tool_choice"));
        note_native(choice.native_only);
        if (!choice.json_text.empty()) chat_.raw("tool_choice", choice.json_text);
    }
    copy_members(from_, chat_, {"parallel_tool_calls"});
}

void Translation::add_text()
{
    const auto text = object_of(value_or(from_, "text", "{}"));
    copy_members(text, chat_, {"verbosity"});
    if (!has(text, "format")) return;
    const auto format = nest_format(*text.find("format"));
    if (!format.json_text.empty()) chat_.raw("response_format", format.json_text);
}

void Translation::add_reasoning()
{
    const auto reasoning = object_of(value_or(from_, "reasoning", "{}"));
    if (has(reasoning, "effort")) chat_.raw("reasoning_effort", *reasoning.find("effort"));
    if (text_at(reasoning, "mode") == "pro") note_native("reasoning.mode");
}

/// They are asked for by either field.
void Translation::add_logprobs()
{
    const auto included = elements_of(value_or(from_, "include", "[]"));
    const auto most = value_or(from_, "top_logprobs", "0");
    const bool wanted =
        std::ranges::find(included, R"("message.output_text.logprobs")") != included.end();
    if (!wanted && json::as_integer(most) == 0) return;
    chat_.field("logprobs", true).raw("top_logprobs", most);
}

void Translation::add_same()
{
    for (const auto& member : from_.members()) {
        const auto key = from_.key(member);
        const auto value = from_.value(member);
        const bool neutral = key == "truncation" && value == R"("disabled")";
        if (!neutral && std::ranges::find(done_elsewhere, key) == done_elsewhere.end())
            chat_.raw(key, value);
    }
}

/// Thoughts in the clear mean nothing to a provider that has kept none: their ids would be refused.
bool can_be_replayed(std::string_view item)
{
    const auto object = object_of(item);
    return text_at(object, "type") != "reasoning" || has(object, "encrypted_content");
}

/// The caller's own object with the whole conversation in it; every byte as it came where that is
/// what it holds.
Result<json::Document> native_of(
    const ResponsesRequest& request, std::span<const std::string> history
)
{
    std::vector<std::string_view> items;
    for (const auto& item : history)
        if (can_be_replayed(item)) items.emplace_back(item);
    for (const auto& item : request.input)
        if (can_be_replayed(item)) items.emplace_back(item);
    const auto given = value_or(request.document, "input", "[]");
    const bool same = !given.starts_with('[') || std::ranges::equal(elements_of(given), items);
    if (request.previous.empty() && same) return request.document;
    std::string input;
    append_array(input, items, [&](std::string_view item) { input += item; });
    json::Edits edits;
    edits.put("input", input);
    edits.remove("previous_response_id");
    return json::Document::parse(request.document.spliced(edits));
}

}  // namespace

Result<ChatRequest> translate_to_chat(
    const ResponsesRequest& request, std::span<const std::string> history
)
{
    auto chat = Translation(request).run(history);
    if (!chat) return chat;
    auto native = native_of(request, history);
    if (!native) return std::unexpected(std::move(native).error());
    chat->native = *std::move(native);
    return chat;
}

}  // namespace sluice
