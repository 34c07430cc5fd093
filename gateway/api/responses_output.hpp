#pragma once

#include "api/responses_object.hpp"
#include "core/chat.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// Makes an id that nobody can guess, with this prefix: "msg_…".
using NewId = std::function<std::string(std::string_view prefix)>;

/// One output item of a response, as far as it is known.
struct OutputItem {
    enum class Type { reasoning, message, function_call, custom_tool_call };
    Type type;
    std::string id;
    std::string text{};      ///< of a message or of thoughts; arguments or input of a call
    std::string refusal{};   ///< of a message
    std::string logprobs{};  ///< of a message's text: elements of a JSON array
    std::string call_id{};
    std::string name{};  ///< of a call

    bool is_call() const { return type == Type::function_call || type == Type::custom_tool_call; }
};

/// "msg_", "fc_" …
std::string_view id_prefix(OutputItem::Type type);
/// status: in_progress or completed or incomplete.
std::string to_json(const OutputItem& item, std::string_view status);
/// What the last item of an answer is, where it has this end: completed or incomplete.
std::string_view status_at_end(FinishReason finish);
/// What a response with these items says once it has ended.
ResponseState end_state(
    const std::vector<OutputItem>& items, FinishReason finish, const Usage& usage
);

// Content parts of a message.
std::string text_part_json(std::string_view text, std::string_view logprobs = {});
std::string refusal_part_json(std::string_view refusal);
std::string summary_part_json(std::string_view text);

/// The elements of the array in chat's logprobs object (JSON text) that are of the content.
std::string logprob_elements(std::string_view chat_logprobs);

/// The items of a whole answer. There is always one.
std::vector<OutputItem> output_of(const Choice& choice, const NewId& new_id);

}  // namespace sluice
