#include "api/messages_request.hpp"

#include "api/checked_object.hpp"
#include "api/field_rules.hpp"
#include "api/messages_tools.hpp"
#include "api/messages_turns.hpp"
#include "api/openai_chat.hpp"
#include "api/unsigned_thoughts.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace sluice {
namespace {

constexpr std::size_t most_stops = 4;  // of chat completions

struct MessagesBody {
    json::Document document;
    std::size_t stops = 0;
};

using BodyRule = Rule<MessagesBody>;

/// The fields that are read as they stand; content, tools and the like are checked as they are
/// translated.
constexpr std::array rules{
    BodyRule{"model", [](auto& v, auto&) { return v.nonempty_text(); }, true},
    BodyRule{"messages", [](auto& v, auto&) { return v.skip(); }, true},
    BodyRule{"max_tokens", [](auto& v, auto&) { return v.integer(1); }},
    BodyRule{"stream", [](auto& v, auto&) { return v.boolean(); }},
    BodyRule{"temperature", [](auto& v, auto&) { return v.number(0, 1); }},
    BodyRule{"top_p", [](auto& v, auto&) { return v.number(0, 1); }},
    BodyRule{"top_k", [](auto& v, auto&) { return v.integer(0); }},
    BodyRule{
        "stop_sequences",
        [](auto& v, auto& body) { return v.array(body.stops, [&] { return v.text(); }); }
    },
};

/// The effort that stands for so many tokens of thinking.
std::string_view effort_of(std::int64_t budget)
{
    if (budget < 4096) return "low";
    return budget < 16'384 ? "medium" : "high";
}

bool is_effort(std::string_view word)
{
    constexpr std::array<std::string_view, 5> words{"low", "medium", "high", "xhigh", "max"};
    return std::ranges::find(words, word) != words.end();
}

/// Empty: left to the model.
std::string effort_for(const CheckedObject& request)
{
    const auto config = request.object("output_config");
    auto effort = config.text("effort");
    if (config.has("effort") && !is_effort(effort))
        config.refuse("effort", "must be one of low, medium, high, xhigh, max");
    if (!request.has("thinking")) return effort;

    const auto thinking = request.object("thinking");
    const auto type = thinking.required_text("type");
    if (type == "disabled") return "none";
    if (type == "enabled") {
        const auto budget = json::as_integer(thinking.raw("budget_tokens"));
        if (!budget || *budget < 1) thinking.refuse("budget_tokens", "must be a positive integer");
        if (effort.empty()) effort = effort_of(budget.value_or(1));
    } else if (type != "adaptive") {
        thinking.refuse("type", "must be one of enabled, disabled, adaptive; got another string");
    }
    return effort;
}

/// Anthropic holds a model to a schema, hence strict; a name is wanted, and none is given.
void add_response_format(json::ObjectWriter& chat, const CheckedObject& format)
{
    if (format.required_text("type") != "json_schema") return format.cannot_be_expressed();
    const auto schema = format.required_object("schema");
    json::ObjectWriter written(chat.key("response_format"));
    written.field("type", "json_schema");
    json::ObjectWriter named(written.key("json_schema"));
    named.field("name", "answer").field("strict", true).raw("schema", schema.json()).close();
    written.close();
}

void add_format(json::ObjectWriter& chat, const CheckedObject& request)
{
    const auto config = request.object("output_config");
    if (config.has("format"))
        add_response_format(chat, config.object("format"));
    else if (request.has("output_format"))  // where the beta had it
        add_response_format(chat, request.object("output_format"));
}

/// Fields whose loss would change what the request means.
void note_inexpressible(const CheckedObject& request, std::size_t stops)
{
    for (const auto* field : {"container", "inference_geo"})
        if (request.has(field)) request.cannot_be_expressed(field);
    request.for_each_in("mcp_servers", [](const CheckedObject& server) {
        server.cannot_be_expressed();
    });
    if (stops > most_stops) request.cannot_be_expressed("stop_sequences");
}

std::string chat_body(const CheckedObject& request, std::size_t stops)
{
    std::string out;
    json::ObjectWriter chat(out);
    const auto copy = [&](std::string_view from, std::string_view to) {
        if (request.has(from)) chat.raw(to, request.raw(from));
    };
    copy("model", "model");
    append_chat_messages(chat.key("messages"), request);
    add_chat_tools(chat, request);
    for (const auto* field : {"max_tokens", "stream", "temperature", "top_p", "top_k"})
        copy(field, field);
    if (stops > 0 && stops <= most_stops) copy("stop_sequences", "stop");
    if (const auto effort = effort_for(request); !effort.empty())
        chat.field("reasoning_effort", effort);
    add_format(chat, request);
    if (const auto user = request.object("metadata").text("user_id"); !user.empty())
        chat.field("user", user);
    chat.close();
    note_inexpressible(request, stops);
    return out;
}

Result<ChatRequest> parse(std::string text, bool counts_only)
{
    MessagesBody body;
    if (auto sound = read_fields<rules>(std::move(text), body); !sound)
        return std::unexpected(std::move(sound).error());
    if (!counts_only && json::is_null(body.document.find("max_tokens").value_or("null")))
        return fail_at("max_tokens", "max_tokens is required");

    Notes notes;
    const auto translated = chat_body(CheckedObject(notes, {}, body.document.text()), body.stops);
    if (notes.breach) return std::unexpected(*std::move(notes.breach));
    auto chat = parse_chat_request(translated);
    if (!chat) return chat;
    chat->dialect = Dialect::messages;
    chat->native = without_unsigned_thoughts(std::move(body.document));
    chat->native_only = std::move(notes.inexpressible);
    return chat;
}

}  // namespace

Result<ChatRequest> parse_messages_request(std::string body)
{
    return parse(std::move(body), false);
}

Result<ChatRequest> parse_token_count_request(std::string body)
{
    return parse(std::move(body), true);
}

}  // namespace sluice
