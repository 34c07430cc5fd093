#pragma once

#include "support/provider_cases.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <utility>

/// What a chat completion request means, whatever its spelling, so that requests can be compared;
/// and, each by its name, what a dialect says in other words.
namespace sluice::test {

using boost::json::array;
using boost::json::object;
using boost::json::value;

inline std::string_view text_at(const object& from, std::string_view key)
{
    const auto* found = from.if_contains(key);
    return found && found->is_string() ? std::string_view(found->get_string()) : std::string_view();
}
inline bool is_role(const value& message, std::string_view role)
{
    return text_at(message.get_object(), "role") == role;
}
inline array& messages_of(object& chat)
{
    return chat["messages"].as_array();
}
inline void erase_where(object& from, std::string_view key, const value& meaningless)
{
    const auto* found = from.if_contains(key);
    if (found && *found == meaningless) from.erase(key);
}

// The freedom of chat completions themselves.

/// A string is one part, and a part without text is none.
inline array parts_of(const object& message)
{
    array parts;
    if (const auto text = text_at(message, "content"); !text.empty())
        parts.push_back({{"type", "text"}, {"text", text}});
    const auto* content = message.if_contains("content");
    if (!content || !content->is_array()) return parts;
    for (auto part : content->get_array()) {
        auto& members = part.as_object();
        if (members["type"] == "text" && text_at(members, "text").empty()) continue;
        if (members["type"] == "image_url")
            erase_where(members["image_url"].as_object(), "detail", "auto");
        parts.push_back(std::move(part));
    }
    return parts;
}

/// What the model said is one text and one refusal, in however many parts.
inline void join_said(object& message)
{
    std::string text, refusal(text_at(message, "refusal"));
    for (const auto& part : parts_of(message)) {
        text += text_at(part.as_object(), "text");
        refusal += text_at(part.as_object(), "refusal");
    }
    message["content"] = text;
    message["refusal"] = refusal;
    erase_where(message, "content", "");
    erase_where(message, "refusal", "");
}

/// Arguments are the value that they spell, and none are an empty object.
inline void read_arguments(object& message)
{
    if (!message.contains("tool_calls")) return;
    for (auto& call : message["tool_calls"].as_array()) {
        auto* function = call.as_object().if_contains("function");
        if (!function) continue;
        auto& arguments = function->as_object()["arguments"];
        const auto text = std::string(arguments.as_string());
        if (auto tree = json::parse_tree(text.empty() ? "{}" : text)) {
            normalize(*tree);
            arguments = *std::move(tree);
        }
    }
}

/// Messages that say nothing are none, save the results of tools.
inline void spell_messages(object& chat)
{
    array messages;
    for (auto message : messages_of(chat)) {
        auto& members = message.as_object();
        if (is_role(message, "assistant")) {
            join_said(members);
            read_arguments(members);
        } else {
            members["content"] = parts_of(members);
            if (members["content"].as_array().empty() && !is_role(message, "tool")) continue;
        }
        if (members.size() > 1) messages.push_back(std::move(message));
    }
    chat["messages"] = std::move(messages);
}

/// A function that says nothing of its parameters has none.
inline void spell_tools(object& chat)
{
    if (!chat.contains("tools")) return;
    for (auto& tool : chat["tools"].as_array()) {
        auto& members = tool.as_object();
        auto& inner = members[members["type"].as_string()].as_object();
        erase_where(inner, "description", "");
        erase_where(inner, "strict", false);
        if (members["type"] != "function") continue;
        auto& parameters = inner["parameters"];
        if (parameters.is_null() || parameters.as_object().empty())
            parameters = {{"type", "object"}, {"properties", object{}}};
    }
}

/// Defaults are as good as said, the limit has two names, one stop may stand alone, and usage is
/// asked for with every stream.
inline void spell_fields(object& chat)
{
    if (const auto* limit = chat.if_contains("max_completion_tokens")) {
        chat["max_tokens"] = *limit;
        chat.erase("max_completion_tokens");
    }
    if (chat.contains("stop") && chat["stop"].is_string()) chat["stop"] = array{chat["stop"]};
    erase_where(chat, "stream", false);
    chat.erase("stream_options");
    erase_where(chat, "tool_choice", "auto");
    erase_where(chat, "parallel_tool_calls", true);
    erase_where(chat, "top_logprobs", 0);
    erase_where(chat, "response_format", {{"type", "text"}});
    if (!chat.contains("response_format")) return;
    if (auto* named = chat["response_format"].as_object().if_contains("json_schema"))
        erase_where(named->as_object(), "strict", false);
}

inline object meaning_of(std::string_view chat_text)
{
    auto chat = value_of(chat_text).as_object();
    spell_messages(chat);
    spell_tools(chat);
    spell_fields(chat);
    return chat;
}

// What dialects say otherwise. Each works on a meaning, and changes nothing a second time.

/// Anthropic and Mistral know no developer.
inline void developer_is_system(object& chat)
{
    for (auto& message : messages_of(chat))
        if (is_role(message, "developer")) message.as_object()["role"] = "system";
}

/// Anthropic and Mistral take what the system says before all else only.
inline void system_comes_first(object& chat)
{
    array ordered;
    for (const bool systems : {true, false})
        for (const auto& message : messages_of(chat))
            if (is_role(message, "system") == systems) ordered.push_back(message);
    chat["messages"] = std::move(ordered);
}

/// Anthropic has one place for what the system says, not a message each.
inline void system_is_one(object& chat)
{
    array parts, messages;
    for (auto& message : messages_of(chat)) {
        if (!is_role(message, "system")) {
            messages.push_back(message);
            continue;
        }
        auto& content = message.as_object()["content"].as_array();
        parts.insert(parts.end(), content.begin(), content.end());
    }
    if (!parts.empty())
        messages.insert(messages.begin(), object{{"role", "system"}, {"content", parts}});
    chat["messages"] = std::move(messages);
}

/// Anthropic and Mistral have no place of its own for a refusal: it is what the model said.
inline void refusal_is_text(object& chat)
{
    for (auto& message : messages_of(chat)) {
        auto& members = message.as_object();
        if (!members.contains("refusal")) continue;
        members["content"] = concat(text_at(members, "content"), text_at(members, "refusal"));
        members.erase("refusal");
    }
}

/// Anthropic and Mistral cannot be offered a tool and be told not to use it.
inline void only_allowed_tools(object& chat)
{
    const auto* choice = chat.if_contains("tool_choice");
    if (!choice || !choice->is_object() || !choice->get_object().contains("allowed_tools")) return;
    const auto allowed = choice->at("allowed_tools").as_object();
    array tools;
    for (const auto& tool : chat["tools"].as_array())
        for (const auto& reference : allowed.at("tools").as_array())
            if (reference.at("function").at("name") == tool.at("function").at("name"))
                tools.push_back(tool);
    chat["tools"] = std::move(tools);
    chat["tool_choice"] = allowed.at("mode");
    erase_where(chat, "tool_choice", "auto");
}

/// Anthropic has no word about calls at once where there are to be none.
inline void no_calls_are_not_parallel(object& chat)
{
    if (chat.contains("tool_choice") && chat["tool_choice"] == "none")
        chat.erase("parallel_tool_calls");
}

/// Anthropic's formats have no name, and are always binding.
inline void format_is_its_schema(object& chat)
{
    if (!chat.contains("response_format")) return;
    const auto schema = chat["response_format"].at("json_schema").at("schema");
    chat["response_format"] = {{"type", "json_schema"}, {"json_schema", {{"schema", schema}}}};
}

/// Anthropic's results come back as one text, a line for each part.
inline void result_is_one_text(object& chat)
{
    for (auto& message : messages_of(chat)) {
        if (!is_role(message, "tool")) continue;
        auto& parts = message.as_object()["content"].as_array();
        std::string text;
        for (const auto& part : parts) {
            if (!text.empty()) text += '\n';
            text += part.at("text").as_string();
        }
        parts = text.empty() ? array{} : array{{{"type", "text"}, {"text", text}}};
    }
}

/// Anthropic does not stop at white space alone.
inline void no_blank_stops(object& chat)
{
    if (!chat.contains("stop")) return;
    auto& stops = chat["stop"].as_array();
    array visible;
    std::ranges::copy_if(stops, std::back_inserter(visible), [](const value& stop) {
        return stop.as_string().find_first_not_of(" \t\r\n\v\f") != std::string_view::npos;
    });
    stops = std::move(visible);
    erase_where(chat, "stop", array{});
}

/// Anthropic goes on with no text that ends in white space.
inline void last_text_is_trimmed(object& chat)
{
    auto& messages = messages_of(chat);
    while (!messages.empty() && is_role(messages.back(), "assistant")) {
        auto& last = messages.back().as_object();
        if (last.contains("tool_calls")) return;
        auto& text = last["content"].as_string();
        text.resize(std::string_view(text).find_last_not_of(" \t\r\n") + 1);
        if (!text.empty()) return;
        messages.pop_back();
    }
}

/// Anthropic and Mistral are particular about ids: what counts is which are the same.
inline void ids_are_numbers(object& chat)
{
    std::map<std::string, std::size_t, std::less<>> numbers;
    const auto number = [&](value& id) {
        id = numbers.try_emplace(std::string(id.as_string()), numbers.size()).first->second;
    };
    for (auto& message : messages_of(chat)) {
        auto& members = message.as_object();
        if (auto* id = members.if_contains("tool_call_id")) number(*id);
        if (auto* calls = members.if_contains("tool_calls"))
            for (auto& call : calls->as_array()) number(call.as_object()["id"]);
    }
}

/// Mistral refuses a user straight after a tool: the assistant nods.
inline void nods_are_nothing(object& chat)
{
    const value nod{{"role", "assistant"}, {"content", "OK"}};
    array messages;
    for (const auto& message : messages_of(chat)) {
        const bool after_tool = !messages.empty() && is_role(messages.back(), "tool");
        if (!after_tool || message != nod) messages.push_back(message);
    }
    chat["messages"] = std::move(messages);
}

/// Mistral is told that it is to go on with the last text; chat completions imply it.
inline void prefix_is_implied(object& chat)
{
    auto& messages = messages_of(chat);
    if (!messages.empty()) messages.back().as_object().erase("prefix");
}

}  // namespace sluice::test
