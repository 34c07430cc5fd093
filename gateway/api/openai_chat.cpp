#include "api/openai_chat.hpp"

#include "api/chat_messages.hpp"
#include "api/chat_tools.hpp"
#include "api/field_rules.hpp"
#include "api/mistral_spelling.hpp"

#include <array>

namespace sluice {
namespace {

using Kind = json::Cursor::Kind;

bool check_effort(FieldChecker& value)
{
    return value.one_of({"none", "minimal", "low", "medium", "high", "xhigh", "max"});
}

bool check_stop(FieldChecker& value)
{
    if (value.kind() == Kind::string) return value.text();
    if (value.kind() != Kind::array) return value.refuse_kind("a string or an array of strings");
    return value.array_up_to(4, [&] { return value.text(); });
}

bool check_format(FieldChecker& value, Needs& needs)
{
    constexpr Check json_schema = [](FieldChecker& payload) {
        return payload.object({
            {"name", checks::identifier, true},
            {"schema", checks::object, true},
            {"strict", checks::boolean},
        });
    };
    std::uint32_t types = 0;
    if (!value.tagged({{"text"}, {"json_object"}, {"json_schema", json_schema}}, types))
        return false;
    needs.json_mode |= (types & 0b010) != 0;
    needs.json_schema |= (types & 0b100) != 0;
    return true;
}

bool check_metadata(FieldChecker& value)
{
    constexpr std::size_t most_pairs = 16;
    constexpr std::size_t longest_key = 64;
    constexpr std::size_t longest_value = 512;
    std::size_t count = 0;
    bool keys_fit = true;
    const bool sound = value.members(count, [&](std::string_view key) {
        keys_fit &= count_characters(key) <= longest_key;
        return keys_fit ? value.text_up_to(longest_value) : value.skip();
    });
    if (!sound) return false;
    if (!keys_fit) return value.refuse("must have keys of at most 64 characters; got a longer one");
    if (count <= most_pairs) return true;
    return value.refuse(concat("must have at most 16 pairs; got ", std::to_string(count)));
}

bool check_stream_options(FieldChecker& value, ChatRequest& chat)
{
    std::size_t count = 0;
    return value.members(count, [&](std::string_view key) {
        const bool ruled = key == "include_usage" && !value.is_null();
        return ruled ? value.boolean(chat.include_usage) : value.skip();
    });
}

using ChatRule = Rule<ChatRequest>;

/// Every field that has a rule. Those that a target may be unable to express note so in needs.
constexpr std::array rules{
    ChatRule{"messages", [](auto& v, auto& chat) { return check_messages(v, chat.needs); }, true},
    ChatRule{"model", [](auto& v, auto&) { return v.text(); }},
    ChatRule{"stream", [](auto& v, auto&) { return v.boolean(); }},
    ChatRule{"stream_options", [](auto& v, auto& chat) { return check_stream_options(v, chat); }},
    ChatRule{"max_tokens", [](auto& v, auto&) { return v.integer(1); }},
    ChatRule{"max_completion_tokens", [](auto& v, auto&) { return v.integer(1); }},
    ChatRule{"temperature", [](auto& v, auto&) { return v.number(0, 2); }},
    ChatRule{"top_p", [](auto& v, auto&) { return v.number(0, 1); }},
    ChatRule{"frequency_penalty", [](auto& v, auto&) { return v.number(-2, 2); }},
    ChatRule{"presence_penalty", [](auto& v, auto&) { return v.number(-2, 2); }},
    ChatRule{"n", [](auto& v, auto&) { return v.integer(1, 128); }},
    ChatRule{"stop", [](auto& v, auto&) { return check_stop(v); }},
    ChatRule{"seed", [](auto& v, auto&) { return v.integer_of_any_size(); }},
    ChatRule{"logprobs", [](auto& v, auto&) { return v.boolean(); }},
    ChatRule{"top_logprobs", [](auto& v, auto&) { return v.integer(0, 20); }},
    ChatRule{"verbosity", [](auto& v, auto&) { return v.one_of({"low", "medium", "high"}); }},
    ChatRule{"reasoning_effort", [](auto& v, auto&) { return check_effort(v); }},
    ChatRule{"tools", [](auto& v, auto& chat) { return check_tools(v, chat.needs); }},
    ChatRule{"tool_choice", [](auto& v, auto&) { return check_tool_choice(v); }},
    ChatRule{"parallel_tool_calls", [](auto& v, auto&) { return v.boolean(); }},
    ChatRule{"response_format", [](auto& v, auto& chat) { return check_format(v, chat.needs); }},
    ChatRule{"metadata", [](auto& v, auto&) { return check_metadata(v); }},
    ChatRule{"user", [](auto& v, auto&) { return v.text(); }},
};

/// Takes out of the checked document what the gateway itself looks at.
void look_up_fields(ChatRequest& chat)
{
    const auto& body = chat.document;
    if (auto model = body.find("model").and_then(json::as_string)) chat.model = *std::move(model);
    chat.stream = body.find("stream") == "true";
    chat.max_tokens = body.find("max_completion_tokens").and_then(json::as_integer);
    if (!chat.max_tokens) chat.max_tokens = body.find("max_tokens").and_then(json::as_integer);
    chat.needs.n = body.find("n").and_then(json::as_integer).value_or(1);
    chat.needs.logprobs = body.find("logprobs") == "true";
}

Result<void> read_chat(std::string&& body, ChatRequest& chat)
{
    if (auto sound = read_fields<rules>(std::move(body), chat); !sound) return sound;
    if (auto made = respell_for_openai(chat); !made) return made;
    look_up_fields(chat);
    return {};
}

}  // namespace

Result<ChatRequest> parse_chat_request(std::string body)
{
    Result<ChatRequest> chat;  // made where the caller has it: a move of it is long
    if (auto read = read_chat(std::move(body), *chat); !read)
        chat = std::unexpected(std::move(read).error());
    return chat;
}

}  // namespace sluice
