#include "providers/gemini/contents.hpp"

#include "providers/gemini/models.hpp"
#include "providers/gemini/parts.hpp"
#include "providers/openai_dialect/fields.hpp"
#include "providers/tree.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <unordered_map>
#include <utility>

namespace sluice::gemini {
namespace {

using boost::json::array;
using boost::json::object;
using boost::json::value;
using openai_dialect::unfit;
using tree::string_at;

/// Passes for the signature of a call that another model made, or whose own is not known any more.
constexpr std::string_view any_signature = "skip_thought_signature_validator";

/// A tool's answer as the object that it has to be.
value as_object(std::string text)
{
    auto parsed = json::parse_tree(text);
    if (parsed && parsed->is_object()) return *std::move(parsed);
    if (parsed && parsed->is_array()) return {{"result", *std::move(parsed)}};
    return {{"result", std::move(text)}};
}

class Translation {
public:
    Translation(
        std::span<const Replay> replays, std::string_view model, std::vector<std::string>& warnings
    )
        : replays_(replays),
          model_(model),
          signs_calls_(rules_of(model).signs_calls),
          warnings_(warnings)
    {
    }

    Result<void> add(const object& message, const std::string& path);
    Conversation take();

private:
    std::span<const Replay> replays_;
    std::string_view model_;
    bool signs_calls_;
    std::vector<std::string>& warnings_;
    Conversation said_;
    std::unordered_map<std::string, std::string> called_;  // a call's id -> the function's name

    Result<void> add_system(const object& message, const std::string& path);
    Result<void> add_user(const object& message, const std::string& path);
    Result<void> add_assistant(const object& message, const std::string& path);
    Result<void> add_tool_result(const object& message, const std::string& path);
    Result<array> calls_of(const object& message, const std::string& path);
    object arguments_of(const object& function, const std::string& path);
    std::string signature_of(std::string_view call_id) const;
    void add_turn(std::string_view role, array parts);
    void warn_of_left_out(const object& message);
    void warn(std::string line) { openai_dialect::warn_once(warnings_, std::move(line)); }
};

Result<void> Translation::add(const object& message, const std::string& path)
{
    warn_of_left_out(message);
    const auto role = string_at(message, "role");
    if (role == "assistant") return add_assistant(message, path);
    if (role == "tool") return add_tool_result(message, path);
    if (role == "system" || role == "developer") return add_system(message, path);
    return add_user(message, path);
}

Result<void> Translation::add_system(const object& message, const std::string& path)
{
    auto text = text_of_content(message.if_contains("content"), path + ".content", model_);
    if (!text) return std::unexpected(std::move(text).error());
    if (text->empty()) return {};
    if (!said_.contents.empty())
        warn("messages: later system messages moved to the front, where Gemini has them");
    said_.system.push_back(object{{"text", *std::move(text)}});
    return {};
}

Result<void> Translation::add_user(const object& message, const std::string& path)
{
    auto parts =
        translate_content(message.if_contains("content"), path + ".content", model_, warnings_);
    if (!parts) return std::unexpected(std::move(parts).error());
    if (parts->empty()) parts->push_back(object{{"text", ""}});
    add_turn("user", *std::move(parts));
    return {};
}

Result<void> Translation::add_assistant(const object& message, const std::string& path)
{
    for (const auto* field : {"audio", "function_call"})
        if (tree::has(message, field)) return unfit(concat(path, ".", field), model_);

    auto parts =
        translate_content(message.if_contains("content"), path + ".content", model_, warnings_);
    if (!parts) return std::unexpected(std::move(parts).error());
    const auto refusal = string_at(message, "refusal");
    if (parts->empty() && !refusal.empty()) parts->push_back(object{{"text", refusal}});
    auto calls = calls_of(message, path + ".tool_calls");
    if (!calls) return std::unexpected(std::move(calls).error());
    std::ranges::move(*calls, std::back_inserter(*parts));
    if (!parts->empty()) add_turn("model", *std::move(parts));  // a turn of nothing is refused
    return {};
}

/// Of parallel calls only the first bears a signature, so one that is known stands for all.
Result<array> Translation::calls_of(const object& message, const std::string& path)
{
    array parts;
    bool is_signed = false;
    for (const auto& call : tree::array_at(message, "tool_calls")) {
        const auto at = concat(path, ".", std::to_string(parts.size()));
        const auto& entry = tree::object_in(call);
        const auto& function = tree::object_at(entry, "function");
        if (function.empty()) return unfit(at, model_);
        const auto id = string_at(entry, "id");
        const auto name = string_at(function, "name");
        called_.insert_or_assign(std::string(id), std::string(name));

        object made{{"name", name}, {"args", arguments_of(function, at + ".function.arguments")}};
        if (!id.empty()) made["id"] = id;
        object part{{"functionCall", std::move(made)}};
        if (const auto signature = signature_of(id); !signature.empty()) {
            part["thoughtSignature"] = signature;
            is_signed = true;
        }
        parts.push_back(std::move(part));
    }
    if (signs_calls_ && !is_signed && !parts.empty())
        parts.front().get_object()["thoughtSignature"] = any_signature;
    return parts;
}

object Translation::arguments_of(const object& function, const std::string& path)
{
    const auto text = string_at(function, "arguments");
    auto parsed = json::parse_tree(text);
    if (parsed && parsed->is_object()) return std::move(parsed->get_object());
    if (!text.empty()) warn(concat(path, ": no JSON object; sent as {}"));
    return {};
}

std::string Translation::signature_of(std::string_view call_id) const
{
    for (const auto& replay : replays_)
        if (replay.provider_type == "gemini" && replay.call_id == call_id)
            return json::as_string(replay.json_text).value_or("");
    return {};
}

Result<void> Translation::add_tool_result(const object& message, const std::string& path)
{
    auto text = text_of_content(message.if_contains("content"), path + ".content", model_);
    if (!text) return std::unexpected(std::move(text).error());
    const std::string id(string_at(message, "tool_call_id"));
    const auto call = called_.find(id);
    const auto name = call == called_.end() ? string_at(message, "name") : call->second;
    if (name.empty())
        return fail_at(path + ".tool_call_id", "no tool call in the messages before has this id");
    object answer{{"name", name}, {"response", as_object(*std::move(text))}};
    if (!id.empty()) answer["id"] = id;
    add_turn("user", array{object{{"functionResponse", std::move(answer)}}});
    return {};
}

void Translation::add_turn(std::string_view role, array parts)
{
    auto& contents = said_.contents;
    if (contents.empty() || string_at(contents.back().get_object(), "role") != role)
        contents.push_back(object{{"role", role}, {"parts", array{}}});
    std::ranges::move(
        parts, std::back_inserter(contents.back().get_object().at("parts").get_array())
    );
}

void Translation::warn_of_left_out(const object& message)
{
    constexpr std::array<std::string_view, 7> looked_at{
        "role", "content", "refusal", "tool_calls", "tool_call_id", "audio", "function_call"
    };
    for (const auto& field : message) {
        const bool empty = field.value().is_null() || field.value() == value(array{});
        const bool named_tool = field.key() == "name" && string_at(message, "role") == "tool";
        if (!empty && !named_tool &&
            std::ranges::find(looked_at, std::string_view(field.key())) == looked_at.end())
            warn(openai_dialect::dropped(concat("messages.", field.key()), model_));
    }
}

/// Nobody can be answered who has said nothing, so instructions alone are said by the user.
Conversation Translation::take()
{
    if (said_.contents.empty() && !said_.system.empty()) {
        add_turn("user", std::exchange(said_.system, {}));
        warn("messages: sent as the user's, since Gemini takes no system messages alone");
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

}  // namespace sluice::gemini
