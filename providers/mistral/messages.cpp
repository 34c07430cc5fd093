#include "providers/mistral/messages.hpp"

#include "providers/mistral/ids.hpp"
#include "providers/mistral/models.hpp"
#include "providers/mistral/parts.hpp"
#include "providers/openai_dialect/fields.hpp"
#include "providers/tree.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace sluice::mistral {
namespace {

using boost::json::array;
using boost::json::object;
using boost::json::value;
using openai_dialect::unfit;
using tree::string_at;

bool is_role(const value& message, std::string_view role)
{
    return string_at(message.get_object(), "role") == role;
}

/// A refusal is what the assistant said, where it said nothing else; an assistant message of
/// nothing at all would be refused.
value assistant_text(const object& message, value content)
{
    const auto refusal = string_at(message, "refusal");
    const auto* text = content.if_string();
    if (text && text->empty() && !refusal.empty()) return value(refusal);
    return content;
}

/// The content with what the model thought before it, as it gave it.
value with_thinking(std::string_view thought, value content)
{
    array chunks{object{
        {"type", "thinking"}, {"thinking", array{object{{"type", "text"}, {"text", thought}}}}
    }};
    if (auto* parts = content.if_array())
        std::ranges::move(*parts, std::back_inserter(chunks));
    else if (!content.get_string().empty())
        chunks.push_back(object{{"type", "text"}, {"text", std::move(content)}});
    return chunks;
}

class Translation {
public:
    Translation(std::string_view model, std::vector<std::string>& warnings)
        : model_(model), reasons_(reasoning_of(model).reasons), warnings_(warnings)
    {
    }

    Result<object> message(const object& from, const std::string& path);
    void warn(std::string line) { openai_dialect::warn_once(warnings_, std::move(line)); }

private:
    std::string_view model_;
    bool reasons_;
    std::vector<std::string>& warnings_;
    ToolIds ids_;

    Result<void> add_assistant(const object& from, const std::string& path, object& to);
    Result<array> tool_calls(const array& calls, const std::string& path);
    void warn_of_left_out(const object& from, const object& to);
};

Result<object> Translation::message(const object& from, const std::string& path)
{
    const auto role = string_at(from, "role");
    object to{{"role", role == "developer" ? "system" : role}};
    auto content =
        translate_content(from.if_contains("content"), path + ".content", model_, warnings_);
    if (!content) return std::unexpected(std::move(content).error());
    to["content"] = *std::move(content);

    if (role == "assistant") {
        if (auto done = add_assistant(from, path, to); !done)
            return std::unexpected(std::move(done).error());
    } else if (role == "tool") {
        to["tool_call_id"] = ids_.map(string_at(from, "tool_call_id"));
        if (const auto name = string_at(from, "name"); !name.empty()) to["name"] = name;
    }
    warn_of_left_out(from, to);
    return to;
}

Result<void> Translation::add_assistant(const object& from, const std::string& path, object& to)
{
    for (const auto* field : {"audio", "function_call"})
        if (tree::has(from, field)) return unfit(concat(path, ".", field), model_);

    to["content"] = assistant_text(from, std::move(to["content"]));
    if (const auto thought = string_at(from, "reasoning_content"); reasons_ && !thought.empty())
        to["content"] = with_thinking(thought, std::move(to["content"]));

    const auto& calls = tree::array_at(from, "tool_calls");
    if (calls.empty()) return {};
    auto translated = tool_calls(calls, path + ".tool_calls");
    if (!translated) return std::unexpected(std::move(translated).error());
    to["tool_calls"] = *std::move(translated);
    return {};
}

Result<array> Translation::tool_calls(const array& calls, const std::string& path)
{
    array translated;
    for (const auto& call : calls) {
        const auto& entry = tree::object_in(call);
        const auto& function = tree::object_at(entry, "function");
        if (function.empty())
            return unfit(concat(path, ".", std::to_string(translated.size())), model_);
        translated.push_back(object{
            {"id", ids_.map(string_at(entry, "id"))},
            {"type", "function"},
            {"function",
             {{"name", string_at(function, "name")}, {"arguments", string_at(function, "arguments")}
             }}
        });
    }
    return translated;
}

void Translation::warn_of_left_out(const object& from, const object& to)
{
    for (const auto& field : from) {
        const bool empty = field.value().is_null() || field.value() == value(array{});
        const bool said = to.contains(field.key()) || field.key() == "refusal" ||
                          (field.key() == "reasoning_content" && reasons_);
        if (!empty && !said && field.key() != "prefix")
            warn(openai_dialect::dropped(concat("messages.", field.key()), model_));
    }
}

/// Mistral takes system messages only before all others, and refuses a user straight after a tool.
/// The order among the system messages and among the others stays.
array in_order(array messages, Translation& translation)
{
    const auto is_system = [](const value& message) { return is_role(message, "system"); };
    if (!std::ranges::is_partitioned(messages, is_system))
        translation.warn(
            "messages: later system messages moved to the front, where Mistral wants them"
        );
    array ordered;
    std::ranges::copy_if(messages, std::back_inserter(ordered), is_system);
    for (auto& message : messages) {
        if (is_system(message)) continue;
        if (!ordered.empty() && is_role(ordered.back(), "tool") && is_role(message, "user"))
            ordered.push_back(object{{"role", "assistant"}, {"content", "OK"}});
        ordered.push_back(std::move(message));
    }
    return ordered;
}

/// A request that ends with the assistant asks for that text to be continued, which Mistral must be
/// told.
void mark_prefix(array& messages)
{
    if (messages.empty() || !is_role(messages.back(), "assistant")) return;
    auto& last = messages.back().get_object();
    if (!last.contains("tool_calls")) last["prefix"] = true;
}

}  // namespace

Result<array> translate_messages(
    const array& messages, std::string_view model, std::vector<std::string>& warnings
)
{
    Translation translation(model, warnings);
    array translated;
    for (const auto& message : messages) {
        const auto path = concat("messages.", std::to_string(translated.size()));
        const auto* from = message.if_object();
        if (!from) return fail_at(path, "must be an object");
        auto to = translation.message(*from, path);
        if (!to) return std::unexpected(std::move(to).error());
        translated.push_back(*std::move(to));
    }
    translated = in_order(std::move(translated), translation);
    mark_prefix(translated);
    return translated;
}

}  // namespace sluice::mistral
