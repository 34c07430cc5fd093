#pragma once

#include "support/dice.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Random chat completion requests, which keep the API's rules and say only what a target can
/// express.
namespace sluice::test {

/// What a target takes, beyond what all take: messages with text and pictures, function tools,
/// their calls and results, streams, limits.
struct Expressible {
    std::vector<std::string_view> fields{};   ///< of the request, by name; see below
    std::vector<std::string_view> efforts{};  ///< empty: no reasoning_effort
    std::size_t highest_temperature = 2;      ///< where "temperature" is among the fields
    bool one_of_sampling = false;             ///< temperature or top_p, not both
    bool always_tools = false;
    bool custom_tools = false;
    bool audio = false;
    bool image_detail = false;
    bool names = false;           ///< of those who speak
    bool refusal_beside = false;  ///< a refusal beside a text
    bool turns_in_a_row = true;   ///< assistant messages, one after the other
    bool any_arguments = false;   ///< a call's arguments need not be an object

    bool takes(std::string_view field) const
    {
        return std::ranges::find(fields, field) != fields.end();
    }
};

class RandomChat {
public:
    using array = boost::json::array;
    using object = boost::json::object;
    using value = boost::json::value;

    RandomChat(std::uint32_t seed, std::string_view model, const Expressible& can)
        : dice_(seed), model_(model), can_(can)
    {
    }

    object make();

private:
    Dice dice_;
    std::string_view model_;
    const Expressible& can_;
    struct Tool {
        std::string name;
        bool custom = false;
    };
    std::vector<Tool> tools_;
    object chat_;

    void add_tools();
    value tool(const Tool& tool);
    value tool_choice();
    void add_messages();
    void add_turn(array& messages);
    object assistant(bool with_calls);
    value tool_call(const Tool& tool);
    value user_part();
    value texts(bool may_be_empty);
    void add_limits();
    void add_sampling();
    void add_response_format();
    void add_words();
    std::string id();
};

inline RandomChat::object RandomChat::make()
{
    chat_ = {{"model", model_}};
    if (can_.always_tools || dice_.chance(60)) add_tools();
    add_messages();
    add_limits();
    if (!can_.efforts.empty() && dice_.chance(50))
        chat_["reasoning_effort"] = dice_.one_of(can_.efforts);
    else
        add_sampling();
    add_response_format();
    add_words();
    return std::move(chat_);
}

inline void RandomChat::add_tools()
{
    array tools;
    for (auto left = dice_.between(1, 4); left > 0; --left) {
        tools_.push_back({dice_.name("tool_"), can_.custom_tools && dice_.chance(25)});
        tools.push_back(tool(tools_.back()));
    }
    chat_["tools"] = std::move(tools);
    if (dice_.chance(50)) chat_["tool_choice"] = tool_choice();
    if (can_.takes("parallel_tool_calls") && dice_.chance(40))
        chat_["parallel_tool_calls"] = dice_.chance(50);
}

inline RandomChat::value RandomChat::tool(const Tool& tool)
{
    object inner{{"name", tool.name}};
    if (dice_.chance(70)) inner["description"] = dice_.text_or_nothing();
    if (tool.custom) {
        if (dice_.chance(50)) inner["format"] = {{"type", "text"}};
        if (dice_.chance(50))
            inner["format"] = {
                {"type", "grammar"}, {"grammar", {{"definition", dice_.text()}, {"syntax", "lark"}}}
            };
        return {{"type", "custom"}, {"custom", std::move(inner)}};
    }
    object schema{{"type", "object"}, {"properties", {{dice_.name("p"), dice_.object()}}}};
    if (dice_.chance(50))
        schema["required"] = array{schema["properties"].as_object().begin()->key()};
    if (dice_.chance(30)) schema["additionalProperties"] = false;
    if (dice_.chance(80)) inner["parameters"] = dice_.chance(10) ? object{} : std::move(schema);
    if (dice_.chance(40)) inner["strict"] = dice_.chance(50);
    return {{"type", "function"}, {"function", std::move(inner)}};
}

inline RandomChat::value RandomChat::tool_choice()
{
    const auto reference = [](const Tool& tool) -> value {
        const auto* type = tool.custom ? "custom" : "function";
        return {{"type", type}, {type, {{"name", tool.name}}}};
    };
    switch (dice_.below(5)) {
        case 0: return "auto";
        case 1: return "none";
        case 2: return "required";
        case 3: return reference(tools_[dice_.below(tools_.size())]);
        default: break;
    }
    array allowed;
    for (auto left = dice_.between(1, tools_.size()); left > 0; --left)
        allowed.push_back(reference(tools_[left - 1]));
    return {
        {"type", "allowed_tools"},
        {"allowed_tools",
         {{"mode", dice_.chance(50) ? "auto" : "required"}, {"tools", std::move(allowed)}}}
    };
}

/// There is always a user who says something, or nobody would have asked.
inline void RandomChat::add_messages()
{
    array messages;
    if (dice_.chance(60)) messages.push_back({{"role", "system"}, {"content", texts(true)}});
    messages.push_back({{"role", "user"}, {"content", dice_.text()}});
    for (auto left = dice_.below(6); left > 0; --left) add_turn(messages);
    chat_["messages"] = std::move(messages);
}

inline void RandomChat::add_turn(array& messages)
{
    const auto kind = dice_.below(10);
    if (kind == 0) {
        const auto* role = dice_.chance(50) ? "developer" : "system";
        messages.push_back({{"role", role}, {"content", texts(true)}});
    } else if (kind < 5) {
        object message{{"role", "user"}};
        if (can_.names && dice_.chance(20)) message["name"] = dice_.name("u");
        if (dice_.chance(50)) {
            message["content"] = texts(true);
        } else {
            array parts;
            for (auto left = dice_.between(1, 4); left > 0; --left) parts.push_back(user_part());
            message["content"] = std::move(parts);
        }
        messages.push_back(std::move(message));
    } else {
        const bool again = messages.back().at("role") == "assistant";
        if (again && !can_.turns_in_a_row) return;
        auto said = assistant(!tools_.empty() && dice_.chance(60));
        array results;
        if (const auto* calls = said.if_contains("tool_calls"))
            for (const auto& call : calls->as_array())
                results.push_back(
                    {{"role", "tool"}, {"tool_call_id", call.at("id")}, {"content", texts(true)}}
                );
        messages.push_back(std::move(said));
        for (auto& result : results) messages.push_back(std::move(result));
    }
}

inline RandomChat::object RandomChat::assistant(bool with_calls)
{
    object message{{"role", "assistant"}};
    if (can_.names && dice_.chance(20)) message["name"] = dice_.name("a");
    const bool refuses = !with_calls && dice_.chance(15);
    if (refuses) message["refusal"] = dice_.text();
    if (refuses && dice_.chance(50) && can_.refusal_beside)
        message["content"] = texts(false);
    else if (refuses || (with_calls && dice_.chance(50)))
        message["content"] = nullptr;
    else
        message["content"] = texts(with_calls);
    if (!with_calls) return message;
    array calls;
    for (auto left = dice_.between(1, 3); left > 0; --left)
        calls.push_back(tool_call(tools_[dice_.below(tools_.size())]));
    message["tool_calls"] = std::move(calls);
    return message;
}

inline RandomChat::value RandomChat::tool_call(const Tool& tool)
{
    if (tool.custom)
        return {
            {"id", id()},
            {"type", "custom"},
            {"custom", {{"name", tool.name}, {"input", dice_.text_or_nothing()}}}
        };
    auto arguments = dice_.chance(10) ? std::string() : json::serialize(dice_.object());
    if (can_.any_arguments && dice_.chance(10)) arguments = dice_.text();
    return {
        {"id", id()},
        {"type", "function"},
        {"function", {{"name", tool.name}, {"arguments", std::move(arguments)}}}
    };
}

/// Ids are any text: some providers like theirs short, some put punctuation into them.
inline std::string RandomChat::id()
{
    switch (dice_.below(3)) {
        case 0: return dice_.name("call_");
        case 1: return dice_.name("functions.f:");
        default: return std::to_string(100'000'000 + dice_.below(900'000'000));
    }
}

inline RandomChat::value RandomChat::user_part()
{
    constexpr auto pictures = std::to_array<std::string_view>({
        "https://example.com/a.png?b=c&d=%20",
        "http://example.com/a",
        "data:image/png;base64,iVBORw0KGgo=",
        "data:image/jpeg;base64,/9j/4AAQ",
        "data:image/webp;base64,UklGRg==",
    });
    switch (dice_.below(can_.audio ? 5 : 4)) {
        case 0:
        case 1: return {{"type", "text"}, {"text", dice_.text_or_nothing()}};
        case 2: {
            object image{{"url", dice_.one_of(pictures)}};
            if (can_.image_detail && dice_.chance(50))
                image["detail"] = dice_.chance(50) ? "high" : "auto";
            return {{"type", "image_url"}, {"image_url", std::move(image)}};
        }
        case 3: {
            object file{{"filename", dice_.text()}};
            if (dice_.chance(50))
                file["file_data"] = "data:application/pdf;base64,JVBERi0xLjc=";
            else
                file["file_url"] = "https://example.com/a.pdf";
            return {{"type", "file"}, {"file", std::move(file)}};
        }
        default:
            return {
                {"type", "input_audio"}, {"input_audio", {{"data", "UklGRg=="}, {"format", "wav"}}}
            };
    }
}

/// A text, or parts that are texts.
inline RandomChat::value RandomChat::texts(bool may_be_empty)
{
    const auto text = [&] { return may_be_empty ? dice_.text_or_nothing() : dice_.text(); };
    if (dice_.chance(60)) return value(text());
    array parts;
    for (auto left = dice_.between(1, 3); left > 0; --left)
        parts.push_back({{"type", "text"}, {"text", text()}});
    return parts;
}

inline void RandomChat::add_limits()
{
    if (dice_.chance(50))
        chat_[dice_.chance(50) ? "max_tokens" : "max_completion_tokens"] =
            dice_.between(16, 60'000);
    if (dice_.chance(50)) chat_["stream"] = dice_.chance(70);
    if (chat_.contains("stream") && chat_["stream"] == true && dice_.chance(50))
        chat_["stream_options"] = {{"include_usage", true}};
    if (!can_.takes("stop") || dice_.chance(60)) return;
    if (dice_.chance(30)) {
        chat_["stop"] = dice_.text();
        return;
    }
    array stops;
    for (auto left = dice_.between(1, 4); left > 0; --left) stops.push_back(value(dice_.text()));
    chat_["stop"] = std::move(stops);
}

inline void RandomChat::add_sampling()
{
    const auto hundredth = [&](std::size_t most) {
        return static_cast<double>(dice_.below(100 * most)) / 100;
    };
    if (can_.takes("temperature") && dice_.chance(50))
        chat_["temperature"] = hundredth(can_.highest_temperature);
    const bool beside = chat_.contains("temperature") && can_.one_of_sampling;
    if (can_.takes("top_p") && !beside && dice_.chance(50)) chat_["top_p"] = hundredth(1);
    if (can_.takes("seed") && dice_.chance(30)) chat_["seed"] = dice_.below(1'000'000'000);
    for (const auto* penalty : {"presence_penalty", "frequency_penalty"})
        if (can_.takes(penalty) && dice_.chance(30)) chat_[penalty] = hundredth(2);
    if (can_.takes("top_logprobs") && dice_.chance(20)) {
        chat_["logprobs"] = true;
        chat_["top_logprobs"] = dice_.below(5);
    }
}

inline void RandomChat::add_response_format()
{
    if (dice_.chance(60)) return;
    if (can_.takes("json_object") && dice_.chance(30)) {
        chat_["response_format"] = {{"type", dice_.chance(70) ? "json_object" : "text"}};
        return;
    }
    object named{
        {"name", dice_.name("schema_")},
        {"schema", {{"type", "object"}, {"properties", {{dice_.text(), dice_.object()}}}}}
    };
    if (dice_.chance(50)) named["strict"] = dice_.chance(70);
    if (dice_.chance(30)) named["description"] = dice_.text();
    chat_["response_format"] = {{"type", "json_schema"}, {"json_schema", std::move(named)}};
}

/// Fields whose value is but a word, or several.
inline void RandomChat::add_words()
{
    constexpr std::array<std::string_view, 3> verbosities{"low", "medium", "high"};
    const auto wants = [&](std::string_view field) {
        return can_.takes(field) && dice_.chance(30);
    };
    for (const auto* field : {"user", "prompt_cache_key", "safety_identifier"})
        if (wants(field)) chat_[field] = dice_.text();
    if (wants("verbosity")) chat_["verbosity"] = dice_.one_of(verbosities);
    if (wants("metadata")) chat_["metadata"] = {{dice_.name("m"), dice_.text_or_nothing()}};
    if (wants("service_tier")) chat_["service_tier"] = "auto";
}

}  // namespace sluice::test
