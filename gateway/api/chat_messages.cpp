#include "api/chat_messages.hpp"

#include <array>
#include <bit>
#include <cstdint>

namespace sluice {
namespace {

using checks::object, checks::text;

enum Role : std::size_t { system, developer, user, assistant, tool };
constexpr std::initializer_list<std::string_view> role_names = {
    "system", "developer", "user", "assistant", "tool"
};

/// Mistral's clients write the address alone.
constexpr Check image_url = [](FieldChecker& value) {
    if (value.kind() == json::Cursor::Kind::string) return value.text();
    return value.object({{"url", text, true}});
};
constexpr Check input_audio = [](FieldChecker& value) {
    return value.object({{"data", text, true}, {"format", text, true}});
};

constexpr Check function_call = [](FieldChecker& value) {
    return value.object({{"name", text, true}, {"arguments", text, true}});
};
constexpr Check custom_call = [](FieldChecker& value) {
    return value.object({{"name", text, true}, {"input", text, true}});
};

enum Part : std::size_t { text_part, image_part, audio_part, file_part, refusal_part };
constexpr std::initializer_list<FormCheck> part_forms = {
    {"text", text},
    {"image_url", image_url},
    {"input_audio", input_audio},
    {"file", object},
    {"refusal", text},
};

constexpr auto bit = [](std::size_t place) { return std::uint32_t{1} << place; };
constexpr auto lowest = [](std::uint32_t bits) {
    return static_cast<std::size_t>(std::countr_zero(bits));
};

/// Which parts may stand in a message of each role.
constexpr std::array<std::uint32_t, 5> parts_of = {
    bit(text_part),
    bit(text_part),
    bit(text_part) | bit(image_part) | bit(audio_part) | bit(file_part),
    bit(text_part) | bit(refusal_part),
    bit(text_part),
};

/// What one message has. Its members come in any order, so that the rules between them wait for the
/// last one.
struct Message {
    std::uint32_t roles = 0;  // bits: more than one where "role" stands twice
    bool content = false;
    bool tool_calls = false;
    bool tool_call_id = false;
    bool refusal = false;
    bool audio = false;
    std::uint32_t parts = 0;                  // bits
    std::array<std::size_t, 5> first_part{};  // where each of those first stands
};

bool check_role(FieldChecker& value, Message& message)
{
    std::size_t role = 0;
    if (!value.one_of(role_names, role)) return false;
    message.roles |= bit(role);
    return true;
}

bool check_content(FieldChecker& value, Message& message)
{
    using Kind = json::Cursor::Kind;
    message.content = true;
    if (value.kind() == Kind::string) return value.text();
    if (value.kind() != Kind::array) return value.refuse_kind("a string or an array of parts");
    std::size_t count = 0;
    const bool sound = value.array(count, [&] {
        std::uint32_t types = 0;
        if (!value.tagged(part_forms, types)) return false;
        for (auto news = types & ~message.parts; news != 0; news &= news - 1)
            message.first_part[lowest(news)] = count;
        message.parts |= types;
        return true;
    });
    return sound && (count > 0 || value.refuse("must have at least 1 part; got none"));
}

bool check_tool_calls(FieldChecker& value, Message& message)
{
    std::size_t count = 0;
    const bool sound = value.array(count, [&] {
        return value.tagged(
            {{"function", function_call}, {"custom", custom_call}}, {{"id", text, true}}
        );
    });
    message.tool_calls |= count > 0;
    return sound;
}

bool check_member(FieldChecker& value, std::string_view key, Message& message)
{
    if (value.is_null()) return value.skip();
    if (key == "role") return check_role(value, message);
    if (key == "content") return check_content(value, message);
    if (key == "tool_calls") return check_tool_calls(value, message);
    if (key == "tool_call_id") return message.tool_call_id = value.text();
    if (key == "refusal") return message.refusal = value.text();
    if (key == "audio") return message.audio = value.object();
    if (key == "name") return value.text();
    return value.skip();
}

bool check_parts(FieldChecker& value, std::size_t role, const Message& message)
{
    const auto foreign = message.parts & ~parts_of[role];
    if (foreign == 0) return true;
    const auto part = lowest(foreign);
    return value.refuse_at(
        concat(".content[", std::to_string(message.first_part[part]), "].type"),
        concat(
            "must not be ",
            part_forms.begin()[part].type,
            " in a message of role ",
            role_names.begin()[role]
        )
    );
}

/// The rules between the members of a message.
bool check_together(FieldChecker& value, std::size_t role, const Message& message)
{
    if (message.tool_calls && role != assistant)
        return value.refuse_at(".tool_calls", "may stand in messages of role assistant only");
    if (!message.tool_call_id && role == tool)
        return value.refuse_at(".tool_call_id", "is required in a message of role tool");
    if (message.content) return check_parts(value, role, message);
    if (role != assistant) return value.refuse_at(".content", "is required");
    if (message.tool_calls || message.refusal || message.audio) return true;
    return value.refuse_at(".content", "is required where no tool_calls stand");
}

bool check_message(FieldChecker& value, Needs& needs)
{
    Message message;
    std::size_t count = 0;
    const auto check = [&](std::string_view key) { return check_member(value, key, message); };
    if (!value.members(count, check)) return false;
    if (message.roles == 0) return value.refuse_at(".role", "is required");
    for (auto roles = message.roles; roles != 0; roles &= roles - 1)
        if (!check_together(value, lowest(roles), message)) return false;
    needs.tool_calls |= message.tool_calls;
    needs.images |= (message.parts & bit(image_part)) != 0;
    needs.audio |= (message.parts & bit(audio_part)) != 0 || message.audio;
    needs.files |= (message.parts & bit(file_part)) != 0;
    return true;
}

}  // namespace

bool check_messages(FieldChecker& value, Needs& needs)
{
    std::size_t count = 0;
    if (!value.array(count, [&] { return check_message(value, needs); })) return false;
    return count > 0 || value.refuse("must have at least 1 message; got none");
}

}  // namespace sluice
