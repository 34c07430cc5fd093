#include "api/responses_messages.hpp"

#include "api/json_array.hpp"
#include "api/json_look.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace sluice {
namespace {

using json::Document;
using json::ObjectWriter;

std::string at_index(const std::string& path, std::size_t index)
{
    return concat(path, "[", std::to_string(index), "]");
}

std::unexpected<Error> refuse(const std::string& path, std::string_view why)
{
    return fail_at(path, concat(path, " ", why));
}

/// The text of a member that has to be a string.
Result<std::string_view> string_member(
    const Document& object, std::string_view key, const std::string& path
)
{
    const auto value = value_or(object, key, "null");
    if (value.starts_with('"')) return value;
    const auto where = concat(path, ".", key);
    return refuse(where, json::is_null(value) ? "is required" : "must be a string");
}

std::string text_part(const Document& from, std::string_view text)
{
    std::string out;
    ObjectWriter part(out);
    part.field("type", "text").raw("text", text);
    copy_members(from, part, {"prompt_cache_breakpoint"});
    part.close();
    return out;
}

std::string image_part(const Document& from, std::string_view url)
{
    std::string out;
    ObjectWriter part(out);
    part.field("type", "image_url");
    ObjectWriter image(part.key("image_url"));
    image.raw("url", url);
    copy_members(from, image, {"detail"});
    image.close();
    copy_members(from, part, {"prompt_cache_breakpoint"});
    part.close();
    return out;
}

std::string file_part(const Document& from)
{
    std::string out;
    ObjectWriter part(out);
    part.field("type", "file");
    ObjectWriter file(part.key("file"));
    copy_members(from, file, {"file_id", "file_url", "filename", "file_data"});
    file.close();
    copy_members(from, part, {"prompt_cache_breakpoint"});
    part.close();
    return out;
}

bool is_text(std::string_view part_type)
{
    return part_type == "input_text" || part_type == "output_text" || part_type == "text";
}

/// The text of a content that is text only, as plain as it can be said: many servers of chat take
/// nothing but a string in messages of a model or a tool.
std::string simplest(std::vector<std::string> parts)
{
    if (parts.empty()) return R"("")";
    if (parts.size() == 1) {
        const auto part = object_of(parts.front());
        if (text_at(part, "type") == "text" && !has(part, "prompt_cache_breakpoint"))
            return std::string(value_or(part, "text", R"("")"));
    }
    std::string out;
    append_array(out, parts, [&](const std::string& part) { out += part; });
    return out;
}

/// Of a content in chat's form.
bool is_only_text(std::string_view content)
{
    return std::ranges::all_of(elements_of(content), [](std::string_view part) {
        return text_at(object_of(part), "type") == "text";
    });
}

std::string joined(const std::vector<std::string>& texts)
{
    std::string out;
    for (const auto& text : texts) out.append(out.empty() ? "" : "\n\n").append(text);
    return out;
}

}  // namespace

struct MessagesTranslation::Kind {
    std::string_view type;
    Result<void> (MessagesTranslation::*add)(const Object& item, const std::string& path);
};

/// Items of every other type belong to tools that only a provider of this API hosts.
const MessagesTranslation::Kind MessagesTranslation::kinds[]{
    {"message", &MessagesTranslation::add_message},
    {"function_call", &MessagesTranslation::add_function_call},
    {"custom_tool_call", &MessagesTranslation::add_custom_call},
    {"function_call_output", &MessagesTranslation::add_call_output},
    {"custom_tool_call_output", &MessagesTranslation::add_call_output},
    {"reasoning", &MessagesTranslation::add_nothing},  // can be read by its provider alone
};

void MessagesTranslation::add_instructions(std::string_view text)
{
    messages_.push_back(concat(R"({"role":"system","content":)", text, "}"));
}

Result<void> MessagesTranslation::add(std::string_view item, const std::string& path)
{
    if (!item.starts_with('{')) return refuse(path, "must be an object");
    const auto object = object_of(item);
    auto type = text_at(object, "type");
    if (type.empty() && has(object, "type")) return refuse(path + ".type", "must be a string");
    if (type.empty() && !has(object, "role")) return refuse(path + ".type", "is required");
    if (type.empty()) type = "message";
    const auto kind = std::ranges::find(kinds, type, &Kind::type);
    if (kind != std::end(kinds)) return (this->*kind->add)(object, path);
    note_native(path);
    return {};
}

Result<void> MessagesTranslation::add_message(const Object& item, const std::string& path)
{
    constexpr std::array roles{"user", "assistant", "system", "developer"};
    const auto role = text_at(item, "role");
    if (std::ranges::find(roles, role) == roles.end())
        return refuse(path + ".role", "must be one of user, assistant, system, developer");
    const auto given = value_or(item, "content", "null");
    if (json::is_null(given)) return refuse(path + ".content", "is required");
    if (role == "assistant") return add_to_turn(given, path + ".content");
    auto content = content_of(given, path + ".content");
    if (!content) return std::unexpected(std::move(content).error());
    end_turn();
    if (role != "user" && !is_only_text(*content)) note_native(path + ".content");
    messages_.push_back(concat(R"({"role":")", role, R"(","content":)", *content, "}"));
    return {};
}

/// What the model has said: text, or why it refused.
Result<void> MessagesTranslation::add_to_turn(std::string_view content, const std::string& path)
{
    if (const auto text = json::as_string(content)) {
        turn_.texts.push_back(*text);
        return {};
    }
    if (!content.starts_with('[')) return refuse(path, "must be a string or an array of parts");
    std::string text;
    std::size_t index = 0;
    for (const auto element : elements_of(content)) {
        const auto where = at_index(path, index++);
        const auto part = object_of(element);
        const auto type = text_at(part, "type");
        if (!is_text(type) && type != "refusal")
            return refuse(where + ".type", "must be one of output_text, refusal");
        const auto key = type == "refusal" ? "refusal" : "text";
        const auto said = string_member(part, key, where);
        if (!said) return std::unexpected(said.error());
        (type == "refusal" ? turn_.refusal : text) += json::as_string(*said).value_or("");
    }
    if (!text.empty() || turn_.refusal.empty()) turn_.texts.push_back(std::move(text));
    return {};
}

Result<void> MessagesTranslation::add_function_call(const Object& item, const std::string& path)
{
    return add_call(item, "function", "arguments", path);
}

Result<void> MessagesTranslation::add_custom_call(const Object& item, const std::string& path)
{
    return add_call(item, "custom", "input", path);
}

Result<void> MessagesTranslation::add_call(
    const Object& item, std::string_view type, std::string_view input, const std::string& path
)
{
    const auto id = string_member(item, "call_id", path);
    const auto name = string_member(item, "name", path);
    const auto given = string_member(item, input, path);
    for (const auto* member : {&id, &name, &given})
        if (!*member) return std::unexpected(member->error());
    std::string out;
    ObjectWriter call(out);
    call.raw("id", *id).field("type", type);
    ObjectWriter inner(call.key(type));
    inner.raw("name", *name).raw(input, *given);
    inner.close();
    call.close();
    turn_.calls.push_back(std::move(out));
    call_ids_.push_back(json::as_string(*id).value_or(""));
    return {};
}

Result<void> MessagesTranslation::add_call_output(const Object& item, const std::string& path)
{
    const auto id = string_member(item, "call_id", path);
    if (!id) return std::unexpected(id.error());
    const bool known = std::ranges::find(call_ids_, json::as_string(*id)) != call_ids_.end();
    if (!known && native_only_.empty())
        return refuse(path + ".call_id", "names no tool call of the conversation");
    const auto output = value_or(item, "output", "null");
    if (json::is_null(output)) return refuse(path + ".output", "is required");
    auto content = content_of(output, path + ".output");
    if (!content) return std::unexpected(std::move(content).error());
    if (!is_only_text(*content)) note_native(path + ".output");
    end_turn();
    messages_.push_back(
        concat(R"({"role":"tool","tool_call_id":)", *id, R"(,"content":)", *content, "}")
    );
    return {};
}

Result<void> MessagesTranslation::add_nothing(const Object&, const std::string&)
{
    return {};
}

/// A content of input parts in chat's form.
Result<std::string> MessagesTranslation::content_of(
    std::string_view content, const std::string& path
)
{
    if (content.starts_with('"')) return std::string(content);
    if (!content.starts_with('[')) return refuse(path, "must be a string or an array of parts");
    std::vector<std::string> parts;
    std::size_t index = 0;
    for (const auto element : elements_of(content)) {
        auto part = part_of(element, at_index(path, index++));
        if (!part) return part;
        if (!part->empty()) parts.push_back(*std::move(part));
    }
    return simplest(std::move(parts));
}

/// Empty where chat has no such part.
Result<std::string> MessagesTranslation::part_of(std::string_view text, const std::string& path)
{
    if (!text.starts_with('{')) return refuse(path, "must be an object");
    const auto part = object_of(text);
    const auto type = text_at(part, "type");
    if (type.empty()) return refuse(path + ".type", "is required");
    if (is_text(type)) {
        const auto given = string_member(part, "text", path);
        if (!given) return std::unexpected(given.error());
        return text_part(part, *given);
    }
    if (type == "input_file") return file_part(part);
    const auto url = value_or(part, "image_url", "null");
    if (type == "input_image" && url.starts_with('"')) return image_part(part, url);
    if (type == "input_image" && !has(part, "file_id"))
        return refuse(path + ".image_url", "must be a string");
    if (type == "input_audio") return std::string(text);
    note_native(path);
    return std::string();
}

void MessagesTranslation::note_native(const std::string& path)
{
    if (native_only_.empty()) native_only_ = path;
}

/// Writes what the model has said and called since somebody else spoke.
void MessagesTranslation::end_turn()
{
    const auto turn = std::exchange(turn_, {});
    if (turn.texts.empty() && turn.refusal.empty() && turn.calls.empty()) return;
    std::string out;
    ObjectWriter message(out);
    message.field("role", "assistant");
    if (turn.texts.empty())
        message.null("content");
    else
        message.field("content", joined(turn.texts));
    if (!turn.refusal.empty()) message.field("refusal", turn.refusal);
    if (!turn.calls.empty())
        append_array(message.key("tool_calls"), turn.calls, [&](const std::string& call) {
            out += call;
        });
    message.close();
    messages_.push_back(std::move(out));
}

std::string MessagesTranslation::take()
{
    end_turn();
    if (messages_.empty()) messages_.emplace_back(R"({"role":"user","content":""})");
    std::string out;
    append_array(out, messages_, [&](const std::string& message) { out += message; });
    return out;
}

}  // namespace sluice
