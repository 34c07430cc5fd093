#include "providers/anthropic/messages.hpp"

#include "core/digest.hpp"
#include "core/json.hpp"
#include "providers/anthropic/parts.hpp"
#include "providers/anthropic/thoughts.hpp"
#include "providers/openai_dialect/fields.hpp"
#include "providers/tree.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

namespace sluice::anthropic {
namespace {

using boost::json::array;
using boost::json::object;
using openai_dialect::unfit;
using tree::string_at;

/// The id itself where Anthropic takes it (letters, digits, "_", "-"); else the same one in every
/// request.
std::string sent_id(std::string_view id)
{
    constexpr std::string_view taken =
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-";
    constexpr std::size_t digits = 32;
    if (!id.empty() && id.find_first_not_of(taken) == id.npos) return std::string(id);
    return concat("call_", sha256_hex(id).substr(0, digits));
}

bool begins_with_thought(const array& content)
{
    if (content.empty()) return false;
    const auto type = string_at(content.front().get_object(), "type");
    return type == "thinking" || type == "redacted_thinking";
}

class Translation {
public:
    Translation(
        std::span<const Replay> replays, std::string_view model, std::vector<std::string>& warnings
    )
        : replays_(replays), model_(model), warnings_(warnings)
    {
    }

    Result<void> add(const object& message, const std::string& path);
    Conversation take();

private:
    std::span<const Replay> replays_;
    std::string_view model_;
    std::vector<std::string>& warnings_;
    Conversation said_;
    std::size_t round_at_ = 0;                 // behind the last assistant message
    std::optional<std::size_t> results_at_{};  // of the round's message of results

    Result<void> add_system(const object& message, const std::string& path);
    Result<void> add_user(const object& message, const std::string& path);
    Result<void> add_assistant(const object& message, const std::string& path);
    Result<void> add_calls(const object& message, const std::string& path, array& content);
    Result<void> add_result(const object& message, const std::string& path);
    object input_of(const object& function, const std::string& path);
    void warn(std::string line) { openai_dialect::warn_once(warnings_, std::move(line)); }
    void drop(std::string_view field)
    {
        warn(openai_dialect::dropped(concat("messages.", field), model_));
    }
    Result<array> blocks(const object& message, const std::string& path, Speaker speaker)
    {
        return content_blocks(message, path, speaker, model_, warnings_);
    }
};

Result<void> Translation::add(const object& message, const std::string& path)
{
    const auto role = string_at(message, "role");
    if (tree::has(message, "name") && role != "tool") drop("name");
    if (role == "system" || role == "developer") return add_system(message, path);
    if (role == "assistant") return add_assistant(message, path);
    if (role == "tool") return add_result(message, path);
    return add_user(message, path);
}

Result<void> Translation::add_system(const object& message, const std::string& path)
{
    auto content = blocks(message, path, Speaker::system);
    if (!content) return std::unexpected(std::move(content).error());
    if (!said_.messages.empty())
        warn("messages: later system messages moved to the front, where Anthropic wants them");
    std::ranges::move(*content, std::back_inserter(said_.system));
    return {};
}

Result<void> Translation::add_user(const object& message, const std::string& path)
{
    auto content = blocks(message, path, Speaker::user);
    if (!content) return std::unexpected(std::move(content).error());
    if (!content->empty())
        said_.messages.push_back(object{{"role", "user"}, {"content", *std::move(content)}});
    return {};
}

Result<void> Translation::add_assistant(const object& message, const std::string& path)
{
    for (const auto* field : {"audio", "function_call"})
        if (tree::has(message, field)) return unfit(concat(path, ".", field), model_);
    if (!tree::array_at(message, "annotations").empty()) drop("annotations");

    auto content = blocks(message, path, Speaker::assistant);
    if (!content) return std::unexpected(std::move(content).error());
    if (const auto refusal = string_at(message, "refusal"); content->empty() && !refusal.empty())
        content->push_back(object{{"type", "text"}, {"text", refusal}});
    if (auto done = add_calls(message, path, *content); !done) return done;
    if (tree::has(message, "reasoning_content") && !begins_with_thought(*content))
        drop("reasoning_content");
    if (content->empty()) return {};

    said_.messages.push_back(object{{"role", "assistant"}, {"content", *std::move(content)}});
    round_at_ = said_.messages.size();
    results_at_.reset();
    return {};
}

/// The thoughts before the first call come before the text too, as an answer begins with them.
Result<void> Translation::add_calls(const object& message, const std::string& path, array& content)
{
    std::size_t index = 0;
    for (const auto& entry : tree::array_at(message, "tool_calls")) {
        const auto at = concat(path, ".tool_calls.", std::to_string(index));
        const auto& call = tree::object_in(entry);
        const auto& function = tree::object_at(call, "function");
        if (function.empty()) return unfit(at, model_);
        const auto id = string_at(call, "id");
        const auto thoughts = thoughts_before(replays_, id);
        content.insert(
            index == 0 ? content.begin() : content.end(), thoughts.begin(), thoughts.end()
        );
        object block{
            {"type", "tool_use"},
            {"id", sent_id(id)},
            {"name", string_at(function, "name")},
            {"input", input_of(function, at)}
        };
        copy_cache_control(call, block);
        content.push_back(std::move(block));
        ++index;
    }
    return {};
}

object Translation::input_of(const object& function, const std::string& path)
{
    const auto arguments = string_at(function, "arguments");
    if (arguments.empty()) return {};
    auto input = json::parse_tree(arguments);
    if (input && input->is_object()) return std::move(input->get_object());
    warn(concat(path, ".function.arguments: no JSON object, as ", model_, " wants; sent as {}"));
    return {};
}

Result<void> Translation::add_result(const object& message, const std::string& path)
{
    object result{
        {"type", "tool_result"}, {"tool_use_id", sent_id(string_at(message, "tool_call_id"))}
    };
    auto content = blocks(message, path, Speaker::user);
    if (!content) return std::unexpected(std::move(content).error());
    if (const auto text = string_at(message, "content"); !text.empty())
        result["content"] = text;
    else if (!content->empty())
        result["content"] = *std::move(content);
    copy_cache_control(message, result);

    auto& messages = said_.messages;
    if (!results_at_) {
        results_at_ = round_at_;
        messages.insert(
            messages.begin() + round_at_, object{{"role", "user"}, {"content", array{}}}
        );
    }
    messages[*results_at_].get_object()["content"].get_array().push_back(std::move(result));
    return {};
}

/// Anthropic refuses a text to go on with that ends in white space.
void trim_last_text(array& messages)
{
    while (!messages.empty()) {
        auto& last = messages.back().get_object();
        if (string_at(last, "role") != "assistant") return;
        auto& content = last["content"].get_array();
        auto& block = content.back().get_object();
        if (string_at(block, "type") != "text") return;
        auto& text = block["text"].get_string();
        const auto end = std::string_view(text).find_last_not_of(" \t\r\n");
        text.resize(end == std::string_view::npos ? 0 : end + 1);
        if (!text.empty()) return;
        content.pop_back();
        if (content.empty()) messages.pop_back();
    }
}

Conversation Translation::take()
{
    trim_last_text(said_.messages);
    if (said_.messages.empty() && !said_.system.empty()) {
        warn("messages: Anthropic wants a user's; the system messages are sent as one");
        said_.messages.push_back(
            object{{"role", "user"}, {"content", std::exchange(said_.system, {})}}
        );
    }
    return std::move(said_);
}

}  // namespace

Result<Conversation> translate_messages(
    const array& messages,
    std::span<const Replay> replays,
    std::string_view model,
    std::vector<std::string>& warnings
)
{
    Translation translation(replays, model, warnings);
    std::size_t index = 0;
    for (const auto& message : messages) {
        const auto path = concat("messages.", std::to_string(index++));
        const auto* from = message.if_object();
        if (!from) return fail_at(path, "must be an object");
        if (auto done = translation.add(*from, path); !done)
            return std::unexpected(std::move(done).error());
    }
    return translation.take();
}

}  // namespace sluice::anthropic
