#include "api/chat_tools.hpp"

namespace sluice {
namespace {

using checks::boolean, checks::identifier, checks::object, checks::text;

constexpr Check function = [](FieldChecker& value) {
    return value.object({
        {"name", identifier, true},
        {"description", text},
        {"parameters", object},
        {"strict", boolean},
    });
};
constexpr Check custom = [](FieldChecker& value) {
    return value.object({{"name", identifier, true}, {"description", text}, {"format", object}});
};

constexpr Check named = [](FieldChecker& value) {
    return value.object({{"name", identifier, true}});
};
constexpr Check mode = [](FieldChecker& value) { return value.one_of({"auto", "required"}); };
constexpr Check choosable = [](FieldChecker& value) {
    std::size_t count = 0;
    return value.array(count, [&] {
        return value.tagged({{"function", named}, {"custom", named}});
    });
};
constexpr Check allowed_tools = [](FieldChecker& value) {
    return value.object({{"mode", mode, true}, {"tools", choosable, true}});
};

}  // namespace

bool check_tools(FieldChecker& value, Needs& needs)
{
    constexpr std::uint32_t custom_bit = 2;
    return value.array_up_to(128, [&] {
        std::uint32_t types = 0;
        if (!value.tagged({{"function", function}, {"custom", custom}}, types)) return false;
        needs.tools = true;
        needs.custom_tools |= (types & custom_bit) != 0;
        return true;
    });
}

bool check_tool_choice(FieldChecker& value)
{
    using Kind = json::Cursor::Kind;
    if (value.kind() == Kind::object)
        return value.tagged(
            {{"function", named}, {"custom", named}, {"allowed_tools", allowed_tools}}
        );
    if (value.kind() == Kind::string) return value.one_of({"none", "auto", "required", "any"});
    return value.refuse_kind("one of none, auto, required, or an object");
}

}  // namespace sluice
