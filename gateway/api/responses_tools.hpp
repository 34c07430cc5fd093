#pragma once

#include <string>
#include <string_view>

namespace sluice {

/// A value in chat's form.
struct InChatForm {
    std::string json_text;    ///< empty: nothing is left of it
    std::string native_only;  ///< path of the first thing that chat has not; empty: none
};

// The flat forms of the Responses API in chat's, where the type of a thing names the member that
// holds it. What hosted tools do, only their provider can.
InChatForm nest_tools(std::string_view tools);
InChatForm nest_tool_choice(std::string_view tool_choice);
/// Of text.format; plain text is nothing.
InChatForm nest_format(std::string_view format);

}  // namespace sluice
