#include "providers/openai_dialect/roles.hpp"

#include "core/json.hpp"

namespace sluice::openai_dialect {

std::string with_system_role(std::string_view messages)
{
    std::string out;
    std::size_t copied = 0;
    json::Cursor at(messages);
    at.enter_array();
    while (at.next_element()) {
        at.enter_object();
        while (auto key = at.next_key()) {
            const bool role = *key == "role";
            const auto value = at.skip();
            if (!role || json::as_string(value) != "developer") continue;
            const auto begin = static_cast<std::size_t>(value.data() - messages.data());
            out.append(messages.substr(copied, begin - copied)).append("\"system\"");
            copied = begin + value.size();
        }
    }
    return out.append(messages.substr(copied));
}

}  // namespace sluice::openai_dialect
