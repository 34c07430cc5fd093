#include "api/tool_call_ids.hpp"

namespace sluice {
namespace {

using json::Cursor;

/// Enters the array at the cursor where there is one; each() has to consume one element.
template <class Each>
void for_each_object(Cursor& at, Each each)
{
    if (at.peek() != Cursor::Kind::array) {
        at.skip();
        return;
    }
    at.enter_array();
    while (at.next_element()) {
        at.enter_object();
        while (auto key = at.next_key()) each(*key);
    }
}

}  // namespace

std::vector<std::string> tool_call_ids(const ChatRequest& chat)
{
    std::vector<std::string> ids;
    if (!chat.needs.tool_calls) return ids;  // mostly
    Cursor at(chat.document.find("messages").value_or("[]"));
    for_each_object(at, [&](std::string_view member) {
        if (member != "tool_calls") {
            at.skip();
            return;
        }
        for_each_object(at, [&](std::string_view key) {
            if (key == "id")
                ids.push_back(at.string());
            else
                at.skip();
        });
    });
    return ids;
}

}  // namespace sluice
